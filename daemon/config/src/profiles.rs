//! How each kind of CLI is started: the profiles that ship with the program, and those of the user's
//! in the folder `profiles` beside `config.toml`, each of which takes the place of a whole one.

use std::collections::BTreeMap;
use std::path::Path;

use synod_adapters::{Adapter, Profile};

use crate::error::ConfigError;
use crate::text_file::{Limit, ReadFault, read_text};

/// A profile is a page long.
const PROFILE_LIMIT: Limit = Limit {
    bytes: 256 << 10,
    advice: "check that this is a profile",
};

/// The profile of each adapter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles {
    /// Those that are not the shipped ones.
    own: BTreeMap<Adapter, Profile>,
}

impl Profiles {
    /// Reads `ADAPTER.toml` for each adapter, those that are there.
    pub fn load(folder: &Path) -> Result<Profiles, ConfigError> {
        let mut own = BTreeMap::new();
        for adapter in Adapter::ALL {
            let path = folder.join(format!("{adapter}.toml"));
            let text = match read_text(&path, PROFILE_LIMIT) {
                Ok(text) => text,
                Err(error) if error.fault == ReadFault::Missing => continue,
                Err(error) => return Err(ConfigError::Unreadable(error)),
            };
            match Profile::parse(&text) {
                Ok(profile) => drop(own.insert(*adapter, profile)),
                Err(error) => {
                    return Err(ConfigError::Profile {
                        path,
                        message: error.to_string().trim_end().to_owned(),
                    });
                }
            }
        }
        Ok(Profiles { own })
    }

    /// The one that counts.
    pub fn of(&self, adapter: Adapter) -> &Profile {
        self.own
            .get(&adapter)
            .unwrap_or_else(|| Profile::of(adapter))
    }
}
