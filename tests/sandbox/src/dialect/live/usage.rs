//! Usage and costs as the live API shows them: by day and by group, with the dimensions of groups and filters.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::moment::date;
use crate::response::Rejection;
use crate::state::{Amounts, Dimension, Period, Project, State, Usage, UsageResult};

/// By what usage can be grouped.
const USAGE: [(&str, Dimension); 7] = [
    ("accessor", Dimension::Accessor),
    ("endpoint", Dimension::Endpoint),
    ("feature_set", Dimension::FeatureSet),
    ("models", Dimension::Models),
    ("method", Dimension::Method),
    ("tags", Dimension::Tags),
    ("deployment", Dimension::Deployment),
];

/// By what costs can be grouped.
const COSTS: [(&str, Dimension); 4] = [
    ("accessor", Dimension::Accessor),
    ("deployment", Dimension::Deployment),
    ("line_item", Dimension::LineItem),
    ("tags", Dimension::Tags),
];

/// The usage of each day.
pub(super) fn summary(usage: &Usage) -> Value {
    whole(usage, |result| {
        let mut shown = amounts(&result.amounts);
        shown["start"] = date(result.start).into();
        shown["end"] = date(result.end).into();
        shown
    })
}

/// The usage of each day and group.
pub(super) fn breakdown(project: &Project, call: &Call) -> Result<Value, Rejection> {
    let by: Vec<Dimension> =
        call.asked("grouping").map(|name| dimension(name, &USAGE)).transpose()?.into_iter().collect();
    let usage = project.usage_in(call.period()?, &call.filter(), &by);
    Ok(whole(&usage, |result| {
        let group = &result.group;
        let mut shown = amounts(&result.amounts);
        shown["grouping"] = json!({
            "start": date(result.start),
            "end": date(result.end),
            "accessor": group.accessor,
            "endpoint": group.endpoint,
            "feature_set": group.feature_set.map(|features| features.join(",")),
            "models": group.models,
            "method": group.method,
            "tags": tags(group.tags),
            "deployment": group.deployment,
        });
        shown
    }))
}

/// The values by which the usage of a period can be filtered.
pub(super) fn fields(project: &Project, state: &State, period: Period) -> Value {
    let traits = || project.shares_in(period).map(|share| share.traits);
    let ids: BTreeSet<&str> = traits().flat_map(|traits| traits.model_ids).copied().collect();
    let models = ids.into_iter().filter_map(|id| state.model(id).ok()).map(|model| {
        json!({
            "name": model.name,
            "language": model.languages.first(),
            "version": model.version,
            "model_id": model.id,
        })
    });
    json!({
        "tags": traits().flat_map(|traits| traits.tags).collect::<BTreeSet<_>>(),
        "models": models.collect::<Vec<_>>(),
        "processing_methods": traits().map(|traits| traits.method).collect::<BTreeSet<_>>(),
        "features": traits().flat_map(|traits| traits.features).collect::<BTreeSet<_>>(),
    })
}

/// The costs of each day and group.
pub(super) fn billing(project: &Project, call: &Call) -> Result<Value, Rejection> {
    let asked = call.query.get("grouping").and_then(Value::as_array).into_iter().flatten();
    let by = asked.filter_map(Value::as_str).map(|name| dimension(name, &COSTS)).collect::<Result<Vec<_>, _>>()?;
    let usage = project.usage_in(call.period()?, &call.filter(), &by);
    Ok(whole(&usage, |result| {
        let group = &result.group;
        json!({
            "dollars": result.amounts.dollars,
            "grouping": {
                "start": date(result.start),
                "end": date(result.end),
                "accessor": group.accessor,
                "deployment": group.deployment,
                "line_item": group.line_item,
                "tags": group.tags,
            },
        })
    }))
}

/// The values by which the costs of a period can be filtered.
pub(super) fn billing_fields(project: &Project, state: &State, period: Period) -> Value {
    let shares = || project.shares_in(period);
    let billed: BTreeSet<&str> = shares().map(|share| share.line_item).collect();
    let names = state.line_items.iter().filter(|(id, _)| billed.contains(id));
    json!({
        "accessors": shares().map(|share| share.traits.key_id).collect::<BTreeSet<_>>(),
        "deployments": shares().map(|share| share.traits.deployment_kind()).collect::<BTreeSet<_>>(),
        "tags": shares().flat_map(|share| share.traits.tags).collect::<BTreeSet<_>>(),
        "line_items": names.map(|&(id, name)| (id.to_owned(), name.into())).collect::<Map<_, _>>(),
    })
}

fn whole(usage: &Usage, show: impl Fn(&UsageResult) -> Value) -> Value {
    json!({
        "start": date(usage.start),
        "end": date(usage.end),
        "resolution": { "units": "day", "amount": 1.0 },
        "results": usage.results.iter().map(show).collect::<Vec<_>>(),
    })
}

fn amounts(amounts: &Amounts) -> Value {
    json!({
        "hours": amounts.hours,
        "total_hours": amounts.total_hours(),
        "agent_hours": amounts.agent_hours,
        "tokens_in": amounts.tokens_in,
        "tokens_out": amounts.tokens_out,
        "tts_characters": amounts.characters,
        // A whole number, written as it sometimes is.
        "requests": f64::from(amounts.requests),
    })
}

/// Null for none, a text for one, a list for several.
fn tags(tags: Option<&[&str]>) -> Value {
    match tags {
        None | Some([]) => Value::Null,
        Some([tag]) => json!(tag),
        Some(tags) => json!(tags),
    }
}

/// A dimension that results are grouped by. A response must name it, or nobody could tell its results apart.
fn dimension(name: &str, known: &[(&str, Dimension)]) -> Result<Dimension, Rejection> {
    let found = known.iter().find(|(known, _)| *known == name).map(|&(_, dimension)| dimension);
    found.ok_or_else(|| Rejection::BadQuery(format!("grouping: {name} is not known here")))
}
