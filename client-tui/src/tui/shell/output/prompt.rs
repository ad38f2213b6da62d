//! What an attempt was given, in the pieces in which its output would come: so it is read, followed to its end and
//! looked through by the same tasks.

use synod_proto::v1::{GetPromptRequest, GetPromptResponse, TailOutputRequest, TailOutputResponse};
use tokio::sync::mpsc;

use crate::link::{Session, TailItem};

/// Reads the part of the prompt that is asked for, in one piece.
pub fn tail(mut session: Session, request: TailOutputRequest) -> mpsc::Receiver<TailItem> {
    // There is one piece.
    let (to, items) = mpsc::channel(1);
    tokio::spawn(async move {
        let id = &request.attempt;
        let asked = session
            .call(|mut daemon| {
                let request = GetPromptRequest { id: id.clone() };
                async move { daemon.get_prompt(request).await }
            })
            .await;
        let item = match asked {
            Ok(answer) => TailItem::Piece(piece(answer, &request)),
            Err(failure) => TailItem::Failed(failure),
        };
        // Nobody listens any more: nobody to tell.
        let _ = to.send(item).await;
    });
    items
}

/// The bytes from the request's offset on, at most as many as its limit; none behind the end.
fn piece(answer: GetPromptResponse, request: &TailOutputRequest) -> TailOutputResponse {
    let from = usize::try_from(request.offset).unwrap_or(usize::MAX);
    let rest = answer.prompt.get(from..).unwrap_or_default();
    let most = match request.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    TailOutputResponse {
        offset: request.offset,
        data: rest.get(..most).unwrap_or(rest).to_vec(),
        complete: true,
        attempt_id: answer.attempt_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_was_asked_for_and_ends_with_the_prompt() {
        for (offset, limit, expected) in [
            (0, 0, "find what is vague"),
            (5, 4, "what"),
            (13, 100, "vague"),
            (18, 1, ""),
            (u64::MAX, 0, ""),
        ] {
            let answer = GetPromptResponse {
                prompt: b"find what is vague".to_vec(),
                ..GetPromptResponse::default()
            };
            let request = TailOutputRequest {
                offset,
                limit,
                ..TailOutputRequest::default()
            };
            assert_eq!(
                piece(answer, &request).data,
                expected.as_bytes(),
                "{offset} {limit}"
            );
        }
    }
}
