//! Which permission requests a policy decides, and how. The types are in [`permission`](crate::permission).

use crate::{Permission, Policy, Rule, Ruling, ToolKind, glob};

impl Policy {
    /// For work that must change nothing: reading, searching and thinking are allowed, everything else denied, nobody
    /// is asked. The rule of gates.
    #[must_use]
    pub fn read_only() -> Self {
        Self {
            rules: vec![Rule {
                kinds: vec![ToolKind::Read, ToolKind::Search, ToolKind::Think],
                paths: Vec::new(),
                ruling: Ruling::Allow,
            }],
            otherwise: Ruling::Deny,
        }
    }

    /// The same, with what this policy denies denied too.
    #[must_use]
    pub fn read_only_beside(&self) -> Self {
        let denied = self.rules.iter().filter(|rule| rule.ruling == Ruling::Deny);
        let mut policy = Self::read_only();
        policy.rules = denied.cloned().chain(policy.rules).collect();
        policy
    }

    /// What becomes of a request of an agent that works in `cwd` (absolute): the first rule that fits decides.
    ///
    /// Paths are compared as text, after `.` and `..` are resolved; where a symbolic link leads cannot be known here.
    /// A request is judged by what the agent says of it: a policy keeps order, it is no sandbox.
    #[must_use]
    pub fn rule(&self, asked: &Permission, cwd: &str) -> Ruling {
        self.rules
            .iter()
            .find(|rule| rule.fits(asked, cwd))
            .map_or(self.otherwise, |rule| rule.ruling)
    }
}

impl Rule {
    fn fits(&self, asked: &Permission, cwd: &str) -> bool {
        self.fits_kind(asked.kind) && (self.paths.is_empty() || self.fits_paths(asked, cwd))
    }

    /// A rule that allows paths speaks of tools whose whole effect is on the paths they name. What a command or an
    /// unknown tool does is not told by its paths (opencode names the folder a command starts in), so such kinds must
    /// be named to be allowed.
    fn fits_kind(&self, kind: ToolKind) -> bool {
        let by_path = match kind {
            ToolKind::Read
            | ToolKind::Edit
            | ToolKind::Delete
            | ToolKind::Move
            | ToolKind::Search => true,
            ToolKind::Execute
            | ToolKind::Think
            | ToolKind::Fetch
            | ToolKind::SwitchMode
            | ToolKind::Other => false,
        };
        if self.kinds.is_empty() {
            by_path || self.paths.is_empty() || self.ruling != Ruling::Allow
        } else {
            self.kinds.contains(&kind)
        }
    }

    /// To be allowed, every path must fit, and there must be one; a single one is enough to be asked or denied.
    fn fits_paths(&self, asked: &Permission, cwd: &str) -> bool {
        let fits = |path: &String| {
            self.paths
                .iter()
                .any(|pattern| glob::fits(pattern, path, cwd))
        };
        match self.ruling {
            Ruling::Allow => !asked.paths.is_empty() && asked.paths.iter().all(fits),
            Ruling::Ask | Ruling::Deny => asked.paths.iter().any(fits),
        }
    }
}

#[cfg(test)]
mod tests;
