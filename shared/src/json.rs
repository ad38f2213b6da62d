//! The canonical proto3 JSON of any message of `synod.v1`.
//!
//! The rules are protobuf's own: `lowerCamelCase` names, 64-bit numbers as strings, bytes as base64, times in
//! RFC 3339, and fields at their zero value left out unless they are `optional`. Nothing is renamed or
//! rounded here, so that any other protobuf library reads what we print.

use std::sync::OnceLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use thiserror::Error;

/// A message that has no JSON: always a fault of this program's build, never of its user.
#[derive(Debug, Error)]
pub enum JsonError {
    /// The embedded description of the protocol cannot be read.
    #[error("expected a readable description of synod.v1, found {found}; build the program again")]
    Descriptors {
        /// What the reader said.
        found: String,
    },
    /// The message is not of `synod.v1`.
    #[error("expected a message of synod.v1, found {name}; describe it in proto/synod/v1")]
    Unknown {
        /// The full name of the message.
        name: String,
    },
    /// The message does not fit its own description.
    #[error("expected {name} to fit its description, found {found}; build the program again")]
    Mismatch {
        /// The full name of the message.
        name: String,
        /// What the decoder said.
        found: String,
    },
    /// The JSON could not be written: a timestamp out of range, for example.
    #[error("cannot write {name} as JSON: {source}")]
    Write {
        /// The full name of the message.
        name: String,
        /// What the writer said.
        source: serde_json::Error,
    },
}

fn pool() -> Result<&'static DescriptorPool, JsonError> {
    static POOL: OnceLock<Result<DescriptorPool, String>> = OnceLock::new();
    POOL.get_or_init(|| {
        DescriptorPool::decode(synod_proto::DESCRIPTORS).map_err(|error| error.to_string())
    })
    .as_ref()
    .map_err(|found| JsonError::Descriptors {
        found: found.clone(),
    })
}

/// The JSON of a message.
pub fn to_json<M: Message + Name>(message: &M) -> Result<serde_json::Value, JsonError> {
    let name = M::full_name();
    let descriptor = pool()?
        .get_message_by_name(&name)
        .ok_or_else(|| JsonError::Unknown { name: name.clone() })?;
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).map_err(
        |error| JsonError::Mismatch {
            name: name.clone(),
            found: error.to_string(),
        },
    )?;
    dynamic
        .serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())
        .map_err(|source| JsonError::Write { name, source })
}

/// The JSON of a message as one line.
pub fn to_string<M: Message + Name>(message: &M) -> Result<String, JsonError> {
    to_json(message).map(|value| value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synod_proto::v1::{self, Attempt, Change, Run, TailOutputResponse, change};

    use super::*;

    #[test]
    fn sixty_four_bit_numbers_are_strings_and_thirty_two_bit_ones_are_not() {
        let run = Run {
            id: "ab".into(),
            revision: u64::MAX,
            quorum: 2,
            ..Run::default()
        };
        assert_eq!(
            to_json(&run).unwrap(),
            json!({"id": "ab", "revision": "18446744073709551615", "quorum": 2})
        );
    }

    #[test]
    fn a_zero_is_hidden_unless_the_field_is_optional() {
        let attempt = Attempt {
            number: 0,
            exit_code: Some(0),
            output_bytes: Some(0),
            ..Attempt::default()
        };
        assert_eq!(
            to_json(&attempt).unwrap(),
            json!({"exitCode": 0, "outputBytes": "0"})
        );
        assert_eq!(to_json(&Attempt::default()).unwrap(), json!({}));
    }

    #[test]
    fn times_are_rfc_3339_and_durations_are_seconds() {
        let attempt = Attempt {
            started_at: Some(prost_types::Timestamp {
                seconds: 1_700_000_000,
                nanos: 250_000_000,
            }),
            duration: Some(prost_types::Duration {
                seconds: 3,
                nanos: 500_000_000,
            }),
            ..Attempt::default()
        };
        assert_eq!(
            to_json(&attempt).unwrap(),
            json!({"startedAt": "2023-11-14T22:13:20.250Z", "duration": "3.500s"})
        );
    }

    #[test]
    fn a_oneof_shows_the_entity_under_its_own_name() {
        let change = Change {
            revision: 7,
            entity: Some(change::Entity::Deleted(v1::Deleted {
                kind: "run".into(),
                id: "ab".into(),
            })),
            ..Change::default()
        };
        assert_eq!(
            to_string(&change).unwrap(),
            r#"{"revision":"7","deleted":{"kind":"run","id":"ab"}}"#
        );
    }

    #[test]
    fn bytes_are_base64() {
        let tail = TailOutputResponse {
            data: b"\xff\x00a".to_vec(),
            ..TailOutputResponse::default()
        };
        assert_eq!(to_json(&tail).unwrap(), json!({"data": "/wBh"}));
    }

    #[test]
    fn every_message_of_the_protocol_is_described() {
        let names: Vec<String> = pool()
            .unwrap()
            .all_messages()
            .map(|message| message.full_name().to_owned())
            .collect();
        for name in [
            v1::Run::full_name(),
            v1::Change::full_name(),
            v1::GetDaemonStatusResponse::full_name(),
        ] {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn a_time_that_cannot_be_written_is_an_error_and_no_panic() {
        let run = Run {
            created_at: Some(prost_types::Timestamp {
                seconds: i64::MAX,
                nanos: 0,
            }),
            ..Run::default()
        };
        assert!(to_json(&run).is_err());
    }
}
