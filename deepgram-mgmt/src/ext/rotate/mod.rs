//! Rotates a key, so that no step leaves anybody without a working key.
//!
//! `rotation` takes the steps, `compare` compares the new key with the old one, and `error` says which keys exist.

mod compare;
mod error;
mod rotation;

use std::convert::Infallible;
use std::future::{Future, ready};

use crate::Client;
use crate::runtime::{IntoValue, given};
use crate::types::KeyWithSecret;
pub(super) use compare::is_same_id;
pub(super) use rotation::{Rotation, owns};

pub use compare::KeyDifference;
pub use error::RotateKeyError;
pub use rotation::RotatedKey;

impl Client {
    /// Replaces an API key: makes one with the same scopes, tags and expiration date, reads it back, and then deletes the
    /// old one.
    ///
    /// The old key is deleted only if the new key has another id and its scopes cover the old one's, in every response
    /// that names them; an empty list names none. A new key that differs in anything else replaces the old one, and
    /// [`RotatedKey::differences`] tells how it differs.
    ///
    /// The new key's comment is the old one's and a mark that is unique to this rotation. When the response with
    /// the key is lost, the key is looked for by that mark instead of being made again. Where the old key is the one that
    /// this client uses, exchange it afterwards: [`set_credentials`](Self::set_credentials).
    ///
    /// An `admin` may delete only keys that it created: the successor of another account's key can be made, and the
    /// old key stays beside it.
    ///
    /// Dropping the future half-way can leave the new key, with its mark, beside the old one.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) {
    /// match client.rotate_key("project id", "key id").await {
    ///     Ok(rotated) => println!("the new key is {:?}", rotated.key.api_key_id),
    ///     Err(error) => {
    ///         eprintln!("{error}"); // says which keys exist
    ///         if let Some(new) = error.into_new_key() {
    ///             println!("keep the new key {:?}", new.api_key_id);
    ///         }
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`]: what failed, and which keys exist now. It holds the new key where there is one whose
    /// secret arrived.
    pub async fn rotate_key(
        &self,
        project_id: impl IntoValue<String>,
        key_id: impl IntoValue<String>,
    ) -> Result<RotatedKey, RotateKeyError> {
        self.rotate_key_with(project_id, key_id, |_| ready(Ok::<_, Infallible>(()))).await
    }

    /// As [`rotate_key`](Self::rotate_key), and calls `keep` with the new key before it deletes the old one: a secret that
    /// cannot be kept is never the only one.
    ///
    /// `keep` is called once for each new key whose secret arrived, also where the new key then turns out not to replace
    /// the old one.
    ///
    /// ```no_run
    /// use deepgram_mgmt::types::KeyWithSecret;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::RotateKeyError> {
    /// let keep = async |new: KeyWithSecret| std::fs::write("new.key", new.key.expose_secret());
    /// client.rotate_key_with("project id", "key id", keep).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`rotate_key`](Self::rotate_key), and the error of `keep`: the old key then stays.
    pub async fn rotate_key_with<F, E>(
        &self,
        project_id: impl IntoValue<String>,
        key_id: impl IntoValue<String>,
        keep: impl FnOnce(KeyWithSecret) -> F,
    ) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (project_id, old_id) = ids("rotate_key", project_id, key_id)?;
        Rotation::new(self, "rotate_key", &project_id, &old_id).run(keep).await
    }

    /// Creates a key that can take the place of an old one, which stays: the first half of
    /// [`rotate_key`](Self::rotate_key), with its checks. For keys that stop to work by other means.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::RotateKeyError> {
    /// let successor = client.create_successor("project id", "key id").await?;
    /// println!("the new key is {:?}", successor.key.api_key_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`], as of a rotation.
    pub async fn create_successor(
        &self,
        project_id: impl IntoValue<String>,
        key_id: impl IntoValue<String>,
    ) -> Result<RotatedKey, RotateKeyError> {
        let (project_id, old_id) = ids("create_successor", project_id, key_id)?;
        let rotation = Rotation::new(self, "create_successor", &project_id, &old_id);
        rotation.create(|_| ready(Ok::<_, Infallible>(()))).await
    }
}

/// The ids of a project and of an old key.
fn ids(
    operation: &'static str,
    project_id: impl IntoValue<String>,
    key_id: impl IntoValue<String>,
) -> Result<(String, String), RotateKeyError> {
    let invalid = |error| RotateKeyError::invalid_request(operation, error);
    Ok((given("project_id", project_id).map_err(invalid)?, given("key_id", key_id).map_err(invalid)?))
}
