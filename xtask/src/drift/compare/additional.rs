//! Compares the properties that a schema does not name: which a client sends, and which it reads.

use super::{Comparison, Direction, Pair, Schemas};
use crate::drift::read::schema::Additional;
use crate::drift::rules::{self, Rule};

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old.additional, &schemas.new.additional);
    let context = schemas.context_of_additional();
    if let (Additional::Of(base), Additional::Of(revision)) = (old, new) {
        comparison.enqueue(schemas.site.node, Pair::new(base, revision, context));
        return;
    }
    let rule = match schemas.context.direction {
        Direction::Request => request_rule(schemas),
        Direction::Response => response_rule(old, new),
    };
    if let Some(rule) = rule {
        comparison.report(schemas.site, context.relevance.adjust(rule), "additionalProperties");
    }
}

fn request_rule(schemas: &Schemas<'_, '_>) -> Option<&'static Rule> {
    let restricted = || {
        // The type of an object that names all its properties has no place for others.
        let rule =
            if schemas.old.is_map() { rules::ADDITIONAL_CLOSED.request } else { rules::REQUEST_UNNAMED_REJECTED };
        Some(rule)
    };
    match (&schemas.old.additional, &schemas.new.additional) {
        (Additional::Closed, Additional::Closed)
        | (Additional::Unstated | Additional::Any, Additional::Unstated | Additional::Any) => None,
        (_, Additional::Closed) if schemas.new.has_properties_by_pattern() => Some(rules::CONSTRAINT_CHANGED.request),
        (_, Additional::Unstated | Additional::Any) | (Additional::Closed, Additional::Of(_)) => {
            Some(rules::ADDITIONAL_OPENED.request)
        }
        (_, Additional::Closed | Additional::Of(_)) => restricted(),
    }
}

fn response_rule(old: &Additional<'_>, new: &Additional<'_>) -> Option<&'static Rule> {
    match (old, new) {
        (Additional::Closed, Additional::Closed)
        | (Additional::Unstated | Additional::Any, Additional::Unstated | Additional::Any) => None,
        // The client reads a map of one type.
        (Additional::Of(_), Additional::Unstated | Additional::Any) => Some(rules::ADDITIONAL_LOOSENED.response),
        (_, Additional::Unstated | Additional::Any) | (Additional::Closed, Additional::Of(_)) => {
            Some(rules::ADDITIONAL_OPENED.response)
        }
        _ => Some(rules::ADDITIONAL_CLOSED.response),
    }
}
