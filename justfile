# One line for each habit. `just --list` shows them; CI (`.ci/run`) calls the same commands.

# What should hold before a commit: format, lints, tests
check: fmt-check lint test

# The test command of the README
test:
    cargo test --workspace

# Clippy as CI runs it
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Format everything
fmt:
    cargo fmt --all

# Complain about what is not formatted
fmt-check:
    cargo fmt --all --check

# Measure; figures go to docs/performance.md
bench:
    cargo bench -p synod-tests

# The tests that kill daemons, shims and agents, with their seeds
faults:
    cargo test -p synod-shim && cargo test -p synod-tests --test crashes -- --nocapture

# Real Claude Code, Codex and Gemini CLI, installed by npm at pinned versions into a cache, against a stand-in for
# their models; skipped with a line that says so where there is no npm
real-agents *TESTS:
    tests/real-agents/run {{TESTS}}

# Licences, refused crates, sources (needs cargo-deny)
deny:
    cargo deny check bans licenses sources

# All of CI
ci:
    .ci/run

# `just run ps`: the command line with a freshly built daemon beside it
run *ARGS:
    cargo build && "${CARGO_TARGET_DIR:-target}/debug/synod" {{ARGS}}
