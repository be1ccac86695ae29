//! Reads the usage or the costs of a project over time, as a chart shows them.

use std::collections::BTreeMap;

use crate::runtime::{IntoValue, given};
use crate::{Client, Error, Timestamp};

/// An amount that a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Hours of audio.
    Hours,
    /// US dollars.
    Dollars,
}

impl Client {
    /// The hours or the dollars of each period between two times, by the start of the period: a day, unless the server
    /// chooses another resolution. A period that the server does not list is not there.
    ///
    /// ```no_run
    /// use deepgram_mgmt::Measure;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let start = "2026-09-01".parse().ok();
    /// for (day, dollars) in client.amounts_over_time("project id", Measure::Dollars, start, None).await? {
    ///     println!("{day} {dollars}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The call that failed, and a response with a period that has no start.
    pub async fn amounts_over_time(
        &self,
        project_id: impl IntoValue<String>,
        measure: Measure,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
    ) -> Result<BTreeMap<Timestamp, f64>, Error> {
        const OPERATION: &str = "amounts_over_time";
        let project_id = given("project_id", project_id).map_err(|error| Error::invalid_request(OPERATION, error))?;
        let results: Vec<(Option<Timestamp>, Option<f64>)> = match measure {
            Measure::Hours => {
                let usage = self.get_project_usage(project_id).start(start).end(end).await?;
                usage.results.into_iter().map(|period| (period.start, period.hours)).collect()
            }
            Measure::Dollars => {
                let costs = self.get_billing_breakdown(project_id).start(start).end(end).await?;
                let start_of = |grouping: Option<crate::types::BillingGrouping>| grouping.and_then(|by| by.start);
                costs.results.into_iter().map(|period| (start_of(period.grouping), period.dollars)).collect()
            }
        };
        let mut amounts = BTreeMap::new();
        for (start, amount) in results {
            let start = start.ok_or_else(|| {
                let message = "a period has no start".to_owned();
                Error::new(crate::ErrorKind::Decode).with_operation(OPERATION).with_message(Some(message))
            })?;
            *amounts.entry(start).or_insert(0.0) += amount.unwrap_or(0.0);
        }
        Ok(amounts)
    }
}
