//! Where the programs under test are.

use std::path::PathBuf;

/// The programs. Cargo names them to integration tests only, hence [`crate::programs`].
#[derive(Debug, Clone)]
pub struct Programs {
    pub synod: PathBuf,
    pub synodd: PathBuf,
    pub fake_agent: PathBuf,
    /// The least of a shell: see `in_terminal.rs`.
    pub in_terminal: PathBuf,
}

/// The programs that cargo built for this integration test.
#[macro_export]
macro_rules! programs {
    () => {
        $crate::Programs {
            synod: env!("CARGO_BIN_EXE_test-synod").into(),
            synodd: env!("CARGO_BIN_EXE_test-synodd").into(),
            fake_agent: env!("CARGO_BIN_EXE_fake-agent").into(),
            in_terminal: env!("CARGO_BIN_EXE_in-terminal").into(),
        }
    };
}

impl Programs {
    /// The command line of a fake agent that plays this script.
    #[must_use]
    pub fn fake(&self, script: &[&str]) -> Vec<String> {
        let program = self.fake_agent.to_str().expect("a path in UTF-8");
        std::iter::once(program)
            .chain(script.iter().copied())
            .map(str::to_owned)
            .collect()
    }
}
