//! The rules of the drift check: stable ids, default severities, and for each the reason from the generated client's view.
//!
//! A row of `rules!` is one rule, or a pair for a change that means one thing in a request and another in a response.

use serde::{Deserialize, Serialize};

/// The effect of a change on a client that is already published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The client works as before.
    Info,
    /// The client works, but differently, or a call no longer has its documented effect.
    Warning,
    /// A call that worked may be refused, or a response no longer decodes.
    Breaking,
}

impl Severity {
    /// From worst to least.
    pub const ALL: [Self; 3] = [Self::Breaking, Self::Warning, Self::Info];
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        })
    }
}

/// One kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable: configuration and baselines refer to it.
    pub id: &'static str,
    /// The severity, unless `spec/drift.toml` sets another.
    pub severity: Severity,
    /// The reason for the severity, in one line.
    pub reason: &'static str,
}

/// The rules for one change of a schema: a widening in a request is a narrowing in a response.
#[derive(Debug)]
pub struct RulePair {
    /// The rule in a request.
    pub request: &'static Rule,
    /// The rule in a response.
    pub response: &'static Rule,
}

/// Defines a constant for every row, and [`ALL`]. A half of a pair is a rule of its own, or with `=` another pair's rule.
macro_rules! rules {
    (@rule $severity:ident $id:literal $reason:literal) => {
        &Rule { id: $id, severity: Severity::$severity, reason: $reason }
    };
    ($(
        $name:ident
        $($severity:ident $id:literal $reason:literal)?
        $({
            request $($out_severity:ident $out_id:literal $out_reason:literal)? $(= $out:expr)?;
            response $($in_severity:ident $in_id:literal $in_reason:literal)? $(= $in:expr)?;
        })?;
    )*) => {
        $(
            $(
                #[doc = $reason]
                pub const $name: &Rule = rules!(@rule $severity $id $reason);
            )?
            $(
                #[doc = concat!(
                    "Request: ", $($out_reason)? $("as `", stringify!($out), "`")?,
                    ". Response: ", $($in_reason)? $("as `", stringify!($in), "`")?, "."
                )]
                pub const $name: &RulePair = &RulePair {
                    request: $(rules!(@rule $out_severity $out_id $out_reason))? $($out)?,
                    response: $(rules!(@rule $in_severity $in_id $in_reason))? $($in)?,
                };
            )?
        )*
        /// Every rule, in the order of the table in xtask/README.md.
        pub const ALL: &[&Rule] = &[$(
            $(rules!(@rule $severity $id $reason),)?
            $(
                $(rules!(@rule $out_severity $out_id $out_reason),)?
                $(rules!(@rule $in_severity $in_id $in_reason),)?
            )?
        )*];
    };
}

rules! {
    // The document.
    OPENAPI_VERSION_CHANGED Info "openapi-version-changed" "the version of OpenAPI is of no consequence by itself";
    API_VERSION_CHANGED Info "api-version-changed" "the API's own version is a name";
    DOCUMENTATION_CHANGED Info "documentation-changed" "titles, descriptions, examples and tags change the client's documentation only";
    EXTENSION_CHANGED Info "extension-changed" "no client reads another's `x-` extensions";
    SERVER_ADDED Info "server-added" "the caller of the client names the base URL";
    SERVER_REMOVED Warning "server-removed" "clients that were pointed at it may find nobody there";
    SECURITY_ADDED Info "security-requirement-added" "one more way to authenticate";
    SECURITY_REMOVED Warning "security-requirement-removed" "credentials of this kind may no longer be taken; regeneration would change how the client authenticates";
    SECURITY_SCHEME_CHANGED Warning "security-scheme-changed" "a client sends its credentials as the scheme said before";
    SECURITY_SCHEME_ADDED Info "security-scheme-added" "a scheme that no operation required before";
    SECURITY_SCHEME_REMOVED Warning "security-scheme-removed" "the client has a constructor for these credentials";
    WEBHOOK_CHANGED Info "webhook-changed" "the client serves no webhooks";
    CALLBACK_CHANGED Info "callback-changed" "the client serves no callbacks";
    LINK_CHANGED Info "link-changed" "the client follows no links";
    UNUSED_COMPONENT_CHANGED Info "unused-component-changed" "nothing that the client sends or decodes leads to it";
    UNKNOWN_KEYWORD_CHANGED Info "unknown-keyword-changed" "no keyword of OpenAPI: the client knows nothing of it";
    // Operations.
    OPERATION_ADDED Info "operation-added" "shipped clients do not call it";
    OPERATION_REMOVED Breaking "operation-removed" "calls get a 404 or 405";
    OPERATION_ID_CHANGED Info "operation-id-changed" "a name on no wire; what it does to the Rust API is the source verdict";
    PATH_PARAMETER_RENAMED Info "path-parameter-renamed" "a name on no wire; what it does to the Rust API is the source verdict";
    DEPRECATION_CHANGED Info "deprecation-changed" "it works as before, for now or again";
    // Parameters.
    PARAMETER_ADDED_REQUIRED Breaking "request-required-parameter-added" "shipped clients do not send it";
    PARAMETER_ADDED Info "request-optional-parameter-added" "may be left out";
    PARAMETER_REMOVED Warning "request-parameter-removed" "what is sent may be ignored";
    PARAMETER_BECAME_REQUIRED Breaking "request-parameter-became-required" "calls that leave it out are refused";
    PARAMETER_BECAME_OPTIONAL Info "request-parameter-became-optional" "sending it stays right";
    PARAMETER_SERIALIZATION_CHANGED Breaking "request-parameter-serialization-changed" "the client writes it in the old form";
    PARAMETER_DEFAULT_ADDED Breaking "request-parameter-default-added" "calls that leave the parameter out may mean something else: a new `limit` cuts a list short in silence";
    PARAMETER_DEFAULT_CHANGED Breaking "request-parameter-default-changed" "calls that leave the parameter out mean something else";
    PARAMETER_DEFAULT_REMOVED Breaking "request-parameter-default-removed" "calls that leave the parameter out no longer mean what they said";
    // Request bodies.
    REQUEST_BODY_ADDED_REQUIRED Breaking "request-required-body-added" "shipped clients send none";
    REQUEST_BODY_ADDED Info "request-optional-body-added" "may be left out";
    REQUEST_BODY_REMOVED Breaking "request-body-removed" "what the client sends has no meaning any more";
    REQUEST_BODY_BECAME_REQUIRED Breaking "request-body-became-required" "calls without one are refused";
    REQUEST_BODY_BECAME_OPTIONAL Info "request-body-became-optional" "sending one stays right";
    MEDIA_TYPE_ADDED {
        request Info "request-media-type-added" "one more form to send";
        response Info "response-media-type-added" "one more form beside those that are known";
    };
    MEDIA_TYPE_REMOVED {
        request Breaking "request-media-type-removed" "the client sends this form";
        response Breaking "response-media-type-removed" "the client decodes this form";
    };
    REQUEST_ENCODING_CHANGED Warning "request-encoding-changed" "the client encodes parts as before";
    MEDIA_TYPE_PARAMETER_CHANGED Info "media-type-parameter-changed" "the client goes by the media type without its parameters";
    // Responses.
    RESPONSE_SUCCESS_REMOVED Breaking "response-success-status-removed" "the answer the client decodes no longer comes";
    RESPONSE_SUCCESS_ADDED Info "response-success-status-added" "one more answer beside those that are known";
    RESPONSE_ERROR_REMOVED Info "response-error-status-removed" "the client reads every error, documented or not";
    RESPONSE_ERROR_ADDED Info "response-error-status-added" "the client reads every error, documented or not";
    ERROR_RESPONSE_CHANGED Info "error-answer-changed" "the client reads every error, whatever its shape";
    RESPONSE_MEDIA_TYPE_SPECIALIZED Info "response-media-type-specialized" "JSON under a name of its own is still decoded as JSON";
    RESPONSE_HEADER_ADDED Info "response-header-added" "headers that are not known are left alone";
    RESPONSE_HEADER_REMOVED_REQUIRED Breaking "response-required-header-removed" "callers read headers that always come";
    RESPONSE_HEADER_REMOVED Warning "response-optional-header-removed" "callers may read it, but could not count on it";
    RESPONSE_HEADER_BECAME_OPTIONAL Breaking "response-header-became-optional" "callers read headers that always come";
    RESPONSE_HEADER_BECAME_REQUIRED Info "response-header-became-required" "it comes in more answers";
    // Schemas, in requests and in responses.
    TYPE_CHANGED_COMPATIBLY {
        request Info "request-type-widened" "what the client sends is still of the type";
        response Info "response-type-narrowed" "what comes is of the type the client decodes";
    };
    TYPE_CHANGED {
        request Breaking "request-type-changed" "what the client sends may not be of the type";
        response Breaking "response-type-changed" "what comes may not be of the type the client decodes";
    };
    TYPE_WIDENED {
        request = TYPE_CHANGED_COMPATIBLY.request;
        response = TYPE_CHANGED.response;
    };
    TYPE_NARROWED {
        request = TYPE_CHANGED.request;
        response = TYPE_CHANGED_COMPATIBLY.response;
    };
    RESPONSE_IDENTITY_REMOVED Breaking "response-identity-removed" "the client demands it of every entry (`x-client-identity`)";
    RESPONSE_WRAPPED Info "response-wrapped" "the client reads what stands at this property as the object itself (`x-client-unwrap`)";
    BECAME_NULLABLE {
        request Info "request-became-nullable" "the client sends no null";
        response Breaking "response-became-nullable" "a null where the client wants a value";
    };
    BECAME_NOT_NULLABLE {
        request Breaking "request-became-not-nullable" "a null that the client may send is refused";
        response Info "response-became-not-nullable" "what comes still decodes";
    };
    OPTIONAL_BECAME_NULLABLE {
        request = BECAME_NULLABLE.request;
        response Info "response-optional-property-became-nullable" "the client reads null as absent";
    };
    ENUM_VALUE_ADDED {
        request Info "request-enum-value-added" "one more value to send";
        response Breaking "response-enum-value-added" "a closed enum of the client refuses a value it does not know";
    };
    ENUM_VALUE_REMOVED {
        request Breaking "request-enum-value-removed" "a value that the client may send is refused";
        response Info "response-enum-value-removed" "it does not come any more";
    };
    BECAME_ENUM {
        request Breaking "request-became-enum" "a value that the client may send is refused";
        response Info "response-became-enum" "what comes still decodes";
    };
    ENUM_DROPPED {
        request Info "request-enum-dropped" "every value the client knows is still taken";
        response Breaking "response-enum-dropped" "a closed enum of the client refuses a value it does not know";
    };
    OPEN_ENUM_VALUE_ADDED {
        request = ENUM_VALUE_ADDED.request;
        response Info "response-open-enum-value-added" "the client keeps values it does not know as strings";
    };
    CONST_ADDED {
        request Breaking "request-const-added" "another value that the client may send is refused";
        response Info "response-const-added" "what comes still decodes";
    };
    CONST_CHANGED {
        request Breaking "request-const-changed" "the value that the client sends is refused";
        response Breaking "response-const-changed" "the client knows one value, and another comes";
    };
    CONST_REMOVED {
        request Info "request-const-removed" "the value that the client sends is still taken";
        response Breaking "response-const-removed" "the client knows one value, and others may come";
    };
    BOUND_ADDED {
        request Warning "request-bound-added" "a limit that is written down: what lies beyond was most likely refused all along";
        response = BOUND_TIGHTENED.response;
    };
    BOUND_TIGHTENED {
        request Breaking "request-bound-tightened" "a value that was allowed is refused";
        response Info "response-bound-tightened" "what comes is within the old limits";
    };
    BOUND_LOOSENED {
        request Info "request-bound-loosened" "what was allowed still is";
        response Breaking "response-bound-loosened" "a value beyond the limits of the client's type";
    };
    BOUND_REPLACED {
        request = BOUND_TIGHTENED.request;
        response = BOUND_LOOSENED.response;
    };
    PATTERN_ADDED {
        request Breaking "request-pattern-added" "a string that was allowed may be refused";
        response = PATTERN_CHANGED.response;
    };
    PATTERN_CHANGED {
        request Warning "request-pattern-changed" "whether all that was allowed still is cannot be told";
        response Info "response-pattern-changed" "the client checks no patterns in answers";
    };
    PATTERN_LOOSENED {
        request Info "request-pattern-loosened" "what was allowed still is";
        response = PATTERN_CHANGED.response;
    };
    CONSTRAINT_ADDED {
        request Breaking "request-constraint-added" "what was allowed may be refused";
        response Info "response-constraint-added" "what comes is within the old constraints";
    };
    CONSTRAINT_REMOVED {
        request Info "request-constraint-removed" "what was allowed still is";
        response Breaking "response-constraint-removed" "what comes may be what callers were promised not to see";
    };
    CONSTRAINT_REPLACED {
        request = CONSTRAINT_ADDED.request;
        response = CONSTRAINT_REMOVED.response;
    };
    CONTENT_CHANGED {
        request Breaking "request-content-changed" "the client sends a string that holds the old form";
        response Breaking "response-content-changed" "callers read the string as the old form";
    };
    CONSTRAINT_CHANGED {
        request Warning "request-constraint-changed" "whether all that was allowed still is cannot be told";
        response Info "response-constraint-changed" "the client does not check it in answers";
    };
    DEFAULT_CHANGED {
        request Info "request-default-changed" "the client sends what the caller gave";
        response Info "response-default-changed" "the client takes what comes";
    };
    DISCRIMINATOR_CHANGED Info "discriminator-changed" "the client tells alternatives apart by their shape";
    // Properties.
    PROPERTY_ADDED_REQUIRED {
        request Breaking "request-required-property-added" "shipped clients do not send it";
        response = PROPERTY_ADDED.response;
    };
    PROPERTY_ADDED {
        request Info "request-optional-property-added" "may be left out";
        response Info "response-property-added" "the client leaves out what it does not know";
    };
    PROPERTY_REMOVED {
        request Warning "request-property-removed" "what is sent may be ignored";
        response Warning "response-optional-property-removed" "the client decodes the answer without it; what read it gets nothing";
    };
    PROPERTY_BECAME_REQUIRED {
        request Breaking "request-property-became-required" "requests that leave it out are refused";
        response Info "response-property-became-required" "it comes in more answers";
    };
    PROPERTY_BECAME_OPTIONAL {
        request Info "request-property-became-optional" "sending it stays right";
        response Breaking "response-property-became-optional" "the client refuses an answer without it";
    };
    PROPERTY_REMOVED_REQUIRED {
        request = PROPERTY_REMOVED.request;
        response Breaking "response-required-property-removed" "the client refuses an answer without it";
    };
    READ_ONLY_CHANGED Info "property-read-only-changed" "servers ignore what they alone write";
    ONE_WAY_PROPERTY_CHANGED Info "one-way-property-changed" "read-only in a request, or write-only in an answer: it does not travel this way";
    WRITE_ONLY_ADDED Info "property-became-write-only" "what no answer needs to hold";
    WRITE_ONLY_REMOVED Warning "property-became-not-write-only" "answers hold what they kept back";
    ADDITIONAL_CLOSED {
        request Warning "request-additional-properties-refused" "properties beyond those that are named are refused";
        response = ADDITIONAL_OPENED.response;
    };
    ADDITIONAL_OPENED {
        request Info "request-additional-properties-allowed" "what the client sends is still taken";
        response Info "response-additional-properties-changed" "the client leaves out what it does not know";
    };
    ADDITIONAL_LOOSENED {
        request = ADDITIONAL_OPENED.request;
        response Breaking "response-additional-properties-loosened" "a value that is not of the map's type";
    };
    // Alternatives: oneOf and anyOf.
    ALTERNATIVE_ADDED {
        request Info "request-alternative-added" "one more form to send";
        response Breaking "response-alternative-added" "a form that the client does not decode";
    };
    ALTERNATIVE_REMOVED {
        request Breaking "request-alternative-removed" "a form that the client may send is refused";
        response Info "response-alternative-removed" "it does not come any more";
    };
}

/// The rule called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.id == id).copied()
}

/// Whether a change at a location can affect the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Relevance {
    Full,
    /// Part of an error response, which the client reads in any shape.
    ErrorResponse,
    /// A property that is not sent in this direction.
    NotSent,
}

impl Relevance {
    /// The rule that applies at such a location in place of `rule`.
    pub(super) fn adjust(self, rule: &'static Rule) -> &'static Rule {
        match self {
            Self::ErrorResponse if rule.severity > Severity::Info => ERROR_RESPONSE_CHANGED,
            Self::NotSent if rule.severity > Severity::Info => ONE_WAY_PROPERTY_CHANGED,
            _ => rule,
        }
    }
}
