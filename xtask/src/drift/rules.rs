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
    /// A call that worked may be rejected, or a response no longer decodes.
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

impl Rule {
    /// Whether the rule is about requests alone. Its id says so.
    #[must_use]
    pub fn is_about_requests(&self) -> bool {
        self.id.starts_with("request-")
    }

    /// Whether the rule is about responses alone. Its id says so.
    #[must_use]
    pub fn is_about_responses(&self) -> bool {
        self.id.starts_with("response-")
    }
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
        /// Every rule, in the order of `docs/drift-rules.md`.
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
    OPENAPI_VERSION_CHANGED Info "openapi-version-changed" "a new version of OpenAPI alone does not change the API";
    API_VERSION_CHANGED Info "api-version-changed" "the API's own version number does not change a request or a response";
    DOCUMENTATION_CHANGED Info "documentation-changed" "titles, descriptions, examples and tags change only the documentation of the client";
    EXTENSION_CHANGED Info "extension-changed" "the client ignores `x-` extensions of other tools";
    SERVER_ADDED Info "server-added" "the caller sets the base URL";
    SERVER_REMOVED Warning "server-removed" "clients that use this base URL may get no response";
    SECURITY_ADDED Info "security-requirement-added" "the API accepts one more way to authenticate";
    SECURITY_REMOVED Warning "security-requirement-removed" "the API may no longer accept these credentials";
    SECURITY_REPLACED Breaking "security-requirement-replaced" "the API accepts none of the credentials that clients send";
    SECURITY_WAIVED Info "security-requirement-waived" "the API requires no credentials; clients may go on to send them";
    SECURITY_SCHEME_CHANGED Warning "security-scheme-changed" "the published client sends credentials as the old scheme describes";
    SECURITY_SCHEME_ADDED Info "security-scheme-added" "no operation required this scheme before";
    SECURITY_SCHEME_REMOVED Warning "security-scheme-removed" "the client has a constructor for these credentials";
    WEBHOOK_CHANGED Info "webhook-changed" "the client receives no webhooks";
    CALLBACK_CHANGED Info "callback-changed" "the client receives no callbacks";
    LINK_CHANGED Info "link-changed" "the client does not follow links";
    UNUSED_COMPONENT_CHANGED Info "unused-component-changed" "no request and no response of the client uses it";
    UNKNOWN_KEYWORD_CHANGED Info "unknown-keyword-changed" "OpenAPI has no such keyword, so the client ignores it";
    // Operations.
    OPERATION_ADDED Info "operation-added" "published clients do not call it";
    OPERATION_REMOVED Breaking "operation-removed" "calls get status 404 or 405";
    OPERATION_ID_CHANGED Info "operation-id-changed" "requests do not contain it; the source verdict shows its effect on the Rust API";
    PATH_PARAMETER_RENAMED Info "path-parameter-renamed" "requests do not contain its name; the source verdict shows its effect on the Rust API";
    DEPRECATION_CHANGED Info "deprecation-changed" "a deprecated operation or value still works";
    // Parameters.
    PARAMETER_ADDED_REQUIRED Breaking "request-required-parameter-added" "published clients do not send it";
    PARAMETER_ADDED Info "request-optional-parameter-added" "a request may omit it";
    PARAMETER_REMOVED Warning "request-parameter-removed" "the server may ignore the value that the client sends";
    PARAMETER_BECAME_REQUIRED Breaking "request-parameter-became-required" "the server rejects calls that omit it";
    PARAMETER_BECAME_OPTIONAL Info "request-parameter-became-optional" "the server still accepts it";
    PARAMETER_SERIALIZATION_CHANGED Breaking "request-parameter-serialization-changed" "the client writes it in the old form";
    PARAMETER_DEFAULT_ADDED Breaking "request-parameter-default-added" "calls that omit the parameter may get a different result: a new default of `limit` shortens a list without an error";
    PARAMETER_DEFAULT_CHANGED Breaking "request-parameter-default-changed" "calls that omit the parameter get a different result";
    PARAMETER_DEFAULT_REMOVED Breaking "request-parameter-default-removed" "calls that omit the parameter may get a different result";
    // Request bodies.
    REQUEST_BODY_ADDED_REQUIRED Breaking "request-required-body-added" "published clients send no body";
    REQUEST_BODY_ADDED Info "request-optional-body-added" "a request may omit the body";
    REQUEST_BODY_REMOVED Breaking "request-body-removed" "the server ignores or rejects the body that the client sends";
    REQUEST_BODY_BECAME_REQUIRED Breaking "request-body-became-required" "the server rejects calls without a body";
    REQUEST_BODY_BECAME_OPTIONAL Info "request-body-became-optional" "the server still accepts a body";
    MEDIA_TYPE_ADDED {
        request Info "request-media-type-added" "the server accepts one more format";
        response Info "response-media-type-added" "the client still decodes the known formats";
    };
    MEDIA_TYPE_REMOVED {
        request Breaking "request-media-type-removed" "the client sends this format";
        response Breaking "response-media-type-removed" "the client decodes this format";
    };
    UNUSED_MEDIA_TYPE_REMOVED {
        request Info "request-unused-media-type-removed" "the client sends another format";
        response Info "response-unused-media-type-removed" "the client decodes another format";
    };
    REQUEST_MEDIA_TYPE_GENERALIZED Info "request-media-type-generalized" "the server accepts more formats, and that of the client among them";
    MEDIA_TYPE_SPECIALIZED {
        request Info "request-media-type-specialized" "the client already sends this format";
        response Info "response-media-type-specialized" "the client still reads it in the same form";
    };
    REQUEST_ENCODING_CHANGED Warning "request-encoding-changed" "the client still encodes the parts in the old form";
    MEDIA_TYPE_PARAMETER_CHANGED Info "media-type-parameter-changed" "the client ignores the parameters of a media type";
    // Responses.
    RESPONSE_SUCCESS_REMOVED Breaking "response-success-status-removed" "the server no longer sends the response that the client decodes";
    RESPONSE_SUCCESS_REPLACED Info "response-success-status-replaced" "the client reads every success in one form; the check compares the body with that form";
    RESPONSE_SUCCESS_ADDED Info "response-success-status-added" "the client still decodes the known responses";
    RESPONSE_ERROR_REMOVED Info "response-error-status-removed" "the client reads every error response, documented or not";
    RESPONSE_ERROR_ADDED Info "response-error-status-added" "the client reads every error response, documented or not";
    ERROR_RESPONSE_CHANGED Info "error-response-changed" "the client reads every error response, whatever its schema";
    RESPONSE_BODY_IGNORED Warning "response-body-ignored" "callers no longer get the body (`x-client-body`)";
    IGNORED_BODY_CHANGED Info "ignored-body-changed" "the client ignores this body (`x-client-body`)";
    RESPONSE_HEADER_ADDED Info "response-header-added" "the client ignores unknown headers";
    RESPONSE_HEADER_REMOVED_REQUIRED Breaking "response-required-header-removed" "callers may rely on a required header";
    RESPONSE_HEADER_REMOVED Warning "response-optional-header-removed" "callers may read the header, but it was never guaranteed";
    RESPONSE_HEADER_BECAME_OPTIONAL Breaking "response-header-became-optional" "callers may rely on a required header";
    RESPONSE_HEADER_BECAME_REQUIRED Info "response-header-became-required" "more responses have the header";
    // Schemas, in requests and in responses.
    TYPE_CHANGED_COMPATIBLY {
        request Info "request-type-widened" "the values that the client sends are still allowed";
        response Info "response-type-narrowed" "the client's type still holds every value";
    };
    TYPE_CHANGED {
        request Breaking "request-type-changed" "the values that the client sends may not be allowed";
        response Breaking "response-type-changed" "the client's type may not hold the new values";
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
    RESPONSE_PAYLOAD_REMOVED Breaking "response-payload-removed" "the client rejects an object that has properties, but none of those that matter to it (`x-client-payload`; else all)";
    RESPONSE_WRAPPED Info "response-wrapped" "the client reads the value of this property as the object itself (`x-client-unwrap`)";
    BECAME_NULLABLE {
        request Info "request-became-nullable" "the client does not send null";
        response Breaking "response-became-nullable" "the client expects a value where the server may send null";
    };
    BECAME_NOT_NULLABLE {
        request Breaking "request-became-not-nullable" "the server rejects null, which the client may send";
        response Info "response-became-not-nullable" "the client still decodes every response";
    };
    OPTIONAL_BECAME_NOT_NULLABLE {
        request Info "request-optional-property-became-not-nullable" "the client omits an optional property where it has no value";
        response = BECAME_NOT_NULLABLE.response;
    };
    OPTIONAL_BECAME_NULLABLE {
        request = BECAME_NULLABLE.request;
        response Info "response-optional-property-became-nullable" "the client reads null as absent";
    };
    ENUM_VALUE_ADDED {
        request Info "request-enum-value-added" "the server accepts one more value";
        response Info "response-enum-value-added" "the client keeps a value that it does not know";
    };
    KNOWN_VALUE_REMOVED {
        request Warning "request-known-value-removed" "the server accepts any value, but the document no longer knows this one";
        response = ENUM_VALUE_REMOVED.response;
    };
    ENUM_VALUE_REMOVED {
        request Breaking "request-enum-value-removed" "the server rejects a value that the client may send";
        response Info "response-enum-value-removed" "the server no longer sends the value";
    };
    BECAME_ENUM {
        request Breaking "request-became-enum" "the server rejects values that the client may send";
        response Info "response-became-enum" "the client still decodes every response";
    };
    ENUM_DROPPED {
        request Info "request-enum-dropped" "the server still accepts every value that the client knows";
        response Info "response-enum-dropped" "the client keeps a value that it does not know";
    };
    CONST_ADDED {
        request Breaking "request-const-added" "the server rejects other values that the client may send";
        response Info "response-const-added" "the client still decodes every response";
    };
    CONST_CHANGED {
        request Breaking "request-const-changed" "the server rejects the value that the client sends";
        response Info "response-const-changed" "the client keeps a value that it does not know";
    };
    CONST_REMOVED {
        request Info "request-const-removed" "the server still accepts the value that the client sends";
        response Info "response-const-removed" "the client keeps a value that it does not know";
    };
    BOUND_ADDED {
        request Warning "request-bound-added" "the document states a limit for the first time; the server probably enforced it before";
        response = BOUND_TIGHTENED.response;
    };
    BOUND_TIGHTENED {
        request Breaking "request-bound-tightened" "the server rejects a value that was allowed";
        response Info "response-bound-tightened" "every value is within the old limits";
    };
    BOUND_LOOSENED {
        request Info "request-bound-loosened" "every allowed value is still allowed";
        response Breaking "response-bound-loosened" "a value may be outside the limits of the client's type";
    };
    RESPONSE_UNCHECKED_BOUND_LOOSENED Info "response-unchecked-bound-loosened" "the client's type does not depend on this limit";
    BOUND_REPLACED {
        request = BOUND_TIGHTENED.request;
        response = BOUND_LOOSENED.response;
    };
    PATTERN_ADDED {
        request Breaking "request-pattern-added" "the server may reject a string that was allowed";
        response Info "response-pattern-added" "every string is still decoded";
    };
    PATTERN_CHANGED {
        request Warning "request-pattern-changed" "the check cannot tell whether every allowed string is still allowed";
        response Info "response-pattern-changed" "the client does not check patterns in responses";
    };
    PATTERN_LOOSENED {
        request Info "request-pattern-loosened" "every allowed string is still allowed";
        response = PATTERN_CHANGED.response;
    };
    CONSTRAINT_ADDED {
        request Breaking "request-constraint-added" "the server may reject a value that was allowed";
        response Info "response-constraint-added" "every value satisfies the old constraints";
    };
    CONSTRAINT_REMOVED {
        request Info "request-constraint-removed" "every allowed value is still allowed";
        response Info "response-constraint-removed" "the client does not check the constraint in responses";
    };
    CONSTRAINT_REPLACED {
        request = CONSTRAINT_ADDED.request;
        response = CONSTRAINT_REMOVED.response;
    };
    CONTENT_CHANGED {
        request Breaking "request-content-changed" "the client sends a string that holds the old format";
        response Warning "response-content-changed" "the client hands over the string, which callers may read as the old format";
    };
    CONSTRAINT_CHANGED {
        request Warning "request-constraint-changed" "the check cannot tell whether every allowed value is still allowed";
        response Info "response-constraint-changed" "the client does not check the constraint in responses";
    };
    REQUEST_EXCLUSION_UNUSED Info "request-excluded-values-not-sent" "the client sends none of the values that the schema excludes";
    DEFAULT_CHANGED {
        request Info "request-default-changed" "the client sends the values that the caller sets";
        response Info "response-default-changed" "the client reads the values that the server sends";
    };
    DISCRIMINATOR_CHANGED Info "discriminator-changed" "the client selects an alternative by its shape, not by the discriminator";
    // Properties.
    PROPERTY_ADDED_REQUIRED {
        request Breaking "request-required-property-added" "published clients do not send it";
        response = PROPERTY_ADDED.response;
    };
    PROPERTY_ADDED {
        request Info "request-optional-property-added" "a request may omit it";
        response Info "response-property-added" "the client keeps unknown properties";
    };
    PROPERTY_REMOVED {
        request Warning "request-property-removed" "the server may ignore the value that the client sends";
        response Warning "response-optional-property-removed" "the client decodes the response; callers find the property absent";
    };
    PROPERTY_BECAME_REQUIRED {
        request Breaking "request-property-became-required" "the server rejects requests that omit it";
        response Info "response-property-became-required" "more responses have the property";
    };
    PROPERTY_BECAME_OPTIONAL {
        request Info "request-property-became-optional" "the server still accepts it";
        response Breaking "response-property-became-optional" "the client rejects a response without it";
    };
    PROPERTY_REMOVED_REQUIRED {
        request = PROPERTY_REMOVED.request;
        response Breaking "response-required-property-removed" "the client rejects a response without it";
    };
    REQUEST_PROPERTY_REJECTED Breaking "request-property-rejected" "the server rejects properties that the document does not name, and the client sends this one";
    READ_ONLY_CHANGED Info "property-read-only-changed" "a server ignores a read-only property in a request";
    ONE_WAY_PROPERTY_CHANGED Info "one-way-property-changed" "a request has no read-only property, and a response has no write-only property";
    WRITE_ONLY_ADDED Info "property-became-write-only" "a response need not have the property";
    WRITE_ONLY_REMOVED Warning "property-became-not-write-only" "a response may now contain a value that was hidden";
    ADDITIONAL_CLOSED {
        request Breaking "request-additional-properties-restricted" "the server rejects unnamed properties, which clients may send";
        response Info "response-additional-properties-restricted" "the client still decodes every response";
    };
    REQUEST_UNNAMED_REJECTED Info "request-unnamed-properties-restricted" "the client sends only the properties that the document names";
    ADDITIONAL_OPENED {
        request Info "request-additional-properties-allowed" "the server still accepts the properties that the client sends";
        response Info "response-additional-properties-allowed" "the client keeps unknown properties";
    };
    ADDITIONAL_LOOSENED {
        request = ADDITIONAL_OPENED.request;
        response Breaking "response-additional-properties-loosened" "the type of the client's map may not hold the new values";
    };
    // Alternatives: oneOf and anyOf.
    ALTERNATIVE_ADDED {
        request Info "request-alternative-added" "the server accepts one more alternative";
        response Breaking "response-alternative-added" "the client does not decode the new alternative";
    };
    REQUEST_ALTERNATIVE_AMBIGUOUS Breaking "request-alternative-ambiguous" "`oneOf` rejects a value of two alternatives, and the client may send one";
    REQUEST_ALTERNATIVE_UNCERTAIN Warning "request-alternative-uncertain" "`oneOf` rejects a value of two alternatives, and the check cannot tell whether the client sends one";
    REQUEST_ALTERNATIVE_ACCEPTED Info "request-accepted-alternative-removed" "another alternative accepts what the client sends";
    RESPONSE_ALTERNATIVE_KNOWN Info "response-known-alternative-added" "the client decodes it as one of the alternatives that it knows";
    ALTERNATIVE_REMOVED {
        request Breaking "request-alternative-removed" "the server rejects an alternative that the client may send";
        response Info "response-alternative-removed" "the server no longer sends the alternative";
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
    /// Part of a body that the client ignores.
    Ignored,
    /// A property that is not sent in this direction.
    NotSent,
    /// Part of a response that the client does not check.
    Unchecked,
}

impl Relevance {
    /// The rule that applies at such a location in place of `rule`.
    pub(super) fn adjust(self, rule: &'static Rule) -> &'static Rule {
        match self {
            Self::ErrorResponse if rule.severity > Severity::Info => ERROR_RESPONSE_CHANGED,
            Self::Ignored if rule.severity > Severity::Info => IGNORED_BODY_CHANGED,
            Self::NotSent if rule.severity > Severity::Info => ONE_WAY_PROPERTY_CHANGED,
            Self::Unchecked if rule.severity > Severity::Info => CONSTRAINT_CHANGED.response,
            _ => rule,
        }
    }
}
