//! Finds the project of a credential that opens one alone.

use crate::types::Project;
use crate::{Client, Error};

/// The most projects that an error names.
const MOST: usize = 3;

impl Client {
    /// The project that the client's credential opens, where it opens one alone.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let project = client.only_project().await?;
    /// let keys = client.list_project_keys(&project.project_id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The failed call, and [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if there is no project or
    /// more than one; the message names the first three.
    pub async fn only_project(&self) -> Result<Project, Error> {
        let projects = self.list_projects().await?.projects;
        let count = projects.len();
        let mut ids: Vec<String> = projects.iter().take(MOST).map(|project| project.project_id.clone()).collect();
        if count > MOST {
            ids.push("…".to_owned());
        }
        let opened = match <[Project; 1]>::try_from(projects) {
            Ok([project]) => return Ok(project),
            Err(none) if none.is_empty() => "no project".to_owned(),
            Err(_) => format!("{count} projects: {}", ids.join(", ")),
        };
        Err(Error::invalid_request("only_project", format_args!("the credential opens {opened}")))
    }
}
