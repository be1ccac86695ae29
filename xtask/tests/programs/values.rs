//! Gives setters every kind of value that they take.

use std::borrow::Cow;
use std::time::SystemTime;

use deepgram_mgmt::chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use deepgram_mgmt::{Client, PathSegment, Timestamp, types};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let id = std::env::args().nth(1).ok_or("no project")?;
    let projects = client.list_projects().await?.projects;
    let project: &types::Project = projects.first().ok_or("no project")?;

    // Text.
    let (owned, cow, nothing) = ("ci".to_owned(), Cow::Borrowed("ci"), None::<String>);
    let key = || client.create_project_key(&project.project_id).scopes("member");
    let _ = key().comment("ci");
    let _ = key().comment(&owned).comment(&cow).comment(cow).comment(Some("ci")).comment(Some(&owned)).comment(&nothing);
    let _ = key().comment(owned.clone()).comment(Box::<str>::from("ci")).comment(nothing).comment(format!("{owned}!"));
    // Lists.
    let scopes = vec!["usage:read".to_owned(), "usage:write".to_owned()];
    let _ = key().scopes(["a", "b"]).scopes(&["a", "b"]).scopes(&scopes).scopes(&scopes[..1]).scopes(scopes.iter());
    let _ = key().scopes(scopes.clone()).scopes(vec!["a"]).scopes("a b".split(' ')).scopes(&owned).scopes(Some(["a"]));
    let _ = key().tags(scopes.iter().map(|scope| scope.to_uppercase())).tags(["a".to_owned()]).tags(None::<Vec<&str>>);
    // Times.
    let date = NaiveDate::from_ymd_opt(2099, 1, 1).ok_or("no date")?;
    let there: DateTime<FixedOffset> = "2099-01-01T00:00:00+02:00".parse()?;
    let time: DateTime<Utc> = there.to_utc();
    let _ = key().expiration_date("2099-01-01").expiration_date(date).expiration_date(there).expiration_date(&time);
    let _ = key().expiration_date(Timestamp::now()).expiration_date(SystemTime::now()).expiration_date(Some(date));
    // Numbers.
    let list = || client.list_project_requests(&id);
    let _ = list().limit(5).limit(5_u8).limit(5_i64).limit(5_usize).limit(Some(5_u32)).limit(&5).page(0).page(7_u128);
    // Ids.
    let segment: PathSegment = id.parse()?;
    let _ = (client.get_project(&segment), client.get_project(segment), client.get_project(id.as_str()));
    let one_of = |id: String| client.get_project_key(&project.project_id, id);
    // One of each kind goes over the wire.
    let made = key()
        .comment(Some(&owned))
        .scopes(scopes.iter())
        .tags(vec![Cow::Borrowed("nightly")])
        .expiration_date(there)
        .await?;
    let read = one_of(made.api_key_id.clone()).await?;
    println!("{:?} {:?} {:?}", read.comment, read.scopes, read.expiration_date.map(|end| end.to_string()));
    let page = list().limit(2_u8).await?;
    println!("{} of {:?}", page.requests.len(), page.limit);
    for error in [list().limit(0).await.unwrap_err(), list().page(-1).await.unwrap_err(), list().limit(u128::MAX).await.unwrap_err()] {
        println!("{error}");
    }
    Ok(())
}
