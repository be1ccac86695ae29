//! Rotates an API key: `rotate_key PROJECT_ID KEY_ID` prints the new key, and nothing else, to standard output.

use std::process::ExitCode;

use deepgram_mgmt::Client;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, key] = arguments.as_slice() else {
        eprintln!("usage: rotate_key PROJECT_ID KEY_ID");
        return ExitCode::from(2);
    };
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    // A failure after the new key was made still holds it: it is printed either way, for it is shown only once.
    let (new, failed) = match client.rotate_key(project, key).await {
        Ok(rotated) => {
            for difference in &rotated.differences {
                eprintln!("not as the old key: {difference}");
            }
            (Some(rotated.key), false)
        }
        Err(error) => {
            eprintln!("{error}");
            (error.into_new_key(), true)
        }
    };
    if let Some(new) = new {
        eprintln!("new key {:?}", new.api_key_id);
        println!("{}", new.key.expose_secret());
    }
    ExitCode::from(u8::from(failed))
}
