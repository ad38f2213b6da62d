//! A CLI's stand-in that prints what a test gives it, when the test gives it.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use synod_proto::v1;
use synod_tests::{World, config};

/// Takes its prompt to the end, prints the parts in their order, and does what `end` says.
const PLAYER: &str = r#"
cd "$1" || exit 97
shift
for word; do printf '%s\0' "$word"; done >argv
cat >prompt.part && mv prompt.part prompt
part=1
while :; do
    if [ -e out.$part ]; then cat out.$part
    elif [ -e err.$part ]; then cat err.$part >&2
    elif [ -e end ] && ! [ -e out.$part ] && ! [ -e err.$part ]; then . ./end
    else sleep 0.01; continue
    fi
    part=$((part + 1))
done
"#;

/// The final message of all plain transcripts.
pub const OK: &str = r#"{"status":"ok","summary":"fake model answer","n":42}"#;

/// See the module. There is one agent, and it has the adapter's name.
pub struct Stage {
    pub world: World,
    pub adapter: &'static str,
    dir: PathBuf,
    parts: Cell<u32>,
}

impl Stage {
    /// `more` are further lines of the agent's section.
    pub fn with(adapter: &'static str, more: &str) -> Self {
        Self::in_world(World::new(crate::programs()), adapter, more)
    }

    pub fn of(adapter: &'static str) -> Self {
        Self::with(adapter, "")
    }

    pub fn in_world(world: World, adapter: &'static str, more: &str) -> Self {
        let dir = world.work().join("stage");
        fs::create_dir(&dir).unwrap();
        let argv = ["sh", "-c", PLAYER, "sh", dir.to_str().unwrap()].map(String::from);
        world.write_config(&format!(
            "{}{}",
            config::SHORT_GRACE,
            agent(adapter, &argv, more)
        ));
        Self {
            world,
            adapter,
            dir,
            parts: Cell::new(0),
        }
    }

    /// The agent prints this next.
    pub fn out(&self, bytes: impl AsRef<[u8]>) -> &Self {
        self.part("out", bytes.as_ref())
    }

    /// The same on standard error.
    pub fn err(&self, bytes: impl AsRef<[u8]>) -> &Self {
        self.part("err", bytes.as_ref())
    }

    /// Appears at once, and after all before it.
    fn part(&self, stream: &str, bytes: &[u8]) -> &Self {
        self.parts.set(self.parts.get() + 1);
        let name = format!("{stream}.{}", self.parts.get());
        place(&self.dir, &name, bytes);
        self
    }

    /// What a real CLI printed: both streams, and then its exit code.
    pub fn plays(&self, transcript: &str) -> &Self {
        self.out(recorded(transcript, "stdout.jsonl"));
        self.err(recorded(transcript, "stderr"));
        let code = recorded(transcript, "exit");
        self.ends(&format!("exit {}", String::from_utf8_lossy(&code).trim()))
    }

    /// When all is printed: a line of shell.
    pub fn ends(&self, how: &str) -> &Self {
        place(&self.dir, "end", format!("{how}\n").as_bytes());
        self
    }

    /// Starts the run and does not wait. Returns its id.
    #[track_caller]
    pub fn start(&self) -> String {
        let run = self
            .world
            .json(["run", "--agent", self.adapter, "--detach", "do it"]);
        run["id"].as_str().unwrap().to_owned()
    }

    /// The run, at its end.
    #[track_caller]
    pub fn run(&self) -> v1::Run {
        let id = self.start();
        self.world.wait_end(&id)
    }

    pub fn prompt(&self) -> Vec<u8> {
        fs::read(self.dir.join("prompt")).unwrap()
    }

    /// The arguments the profile added.
    pub fn argv(&self) -> Vec<String> {
        let argv = fs::read_to_string(self.dir.join("argv")).unwrap();
        argv.split_terminator('\0').map(str::to_owned).collect()
    }
}

/// `[agents.ADAPTER]` of that adapter, with another program.
pub fn agent(adapter: &str, argv: &[String], more: &str) -> String {
    config::agent(adapter, "house", argv, more)
        .replace("adapter = \"command\"", &format!("adapter = {adapter:?}"))
}

fn place(dir: &Path, name: &str, bytes: &[u8]) {
    let part = dir.join("part");
    fs::write(&part, bytes).unwrap();
    fs::rename(part, dir.join(name)).unwrap();
}

/// What was recorded of a real CLI; a stream without a file was empty.
pub fn recorded(transcript: &str, what: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../daemon/adapters/tests/transcripts");
    let path = dir.join(format!("{transcript}.{what}"));
    match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(_) if what == "stderr" => Vec::new(),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}
