//! Exports a project's request log as JSON lines, and adds what came since when it is called again:
//! `export_requests PROJECT_ID FILE`.

use std::process::ExitCode;

use deepgram_mgmt::Client;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, file] = arguments.as_slice() else {
        eprintln!("usage: export_requests PROJECT_ID FILE");
        return ExitCode::from(2);
    };
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match client.export_requests(project, file).append(true).run().await {
        Ok(exported) => {
            eprintln!("{} records added to {file}", exported.records);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("export_requests: {error}");
            ExitCode::FAILURE
        }
    }
}
