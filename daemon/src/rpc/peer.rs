//! Who may speak: the user this daemon belongs to, and nobody else. A peer without credentials is refused.

use tonic::{Code, Request, Status, transport::server::UdsConnectInfo};

use super::status;

/// Refuses everybody but the daemon's own user.
#[allow(clippy::result_large_err, reason = "the interceptor's own signature")]
pub fn check(request: Request<()>) -> Result<Request<()>, Status> {
    let own = rustix::process::geteuid().as_raw();
    let peer = request
        .extensions()
        .get::<UdsConnectInfo>()
        .and_then(|info| info.peer_cred);
    match peer {
        Some(peer) if peer.uid() == own => Ok(request),
        Some(peer) => Err(status::with_reason(
            Code::PermissionDenied,
            "other-user",
            format!(
                "this daemon serves user id {own} only, found a call of user id {}",
                peer.uid()
            ),
        )),
        None => Err(status::with_reason(
            Code::PermissionDenied,
            "no-credentials",
            format!("this daemon serves user id {own} only, found a peer without credentials"),
        )),
    }
}
