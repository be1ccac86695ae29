//! The rules of the drift check: stable ids, default severities, and the reason for each as the generated client sees it.

use serde::{Deserialize, Serialize};

/// What a change means for a client that is already shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing changes for it.
    Info,
    /// It works, but differently, or what it does no longer has the documented effect.
    Warning,
    /// A call that worked may be refused, or an answer no longer decodes.
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
    /// Stable: configuration and baselines name it.
    pub id: &'static str,
    /// What it is unless `spec/drift.toml` says otherwise.
    pub severity: Severity,
    /// Why, in one line.
    pub reason: &'static str,
}

macro_rules! rules {
    ($($name:ident $severity:ident $id:literal $reason:literal;)*) => {
        $(
            #[doc = $reason]
            pub const $name: &Rule = &Rule { id: $id, severity: Severity::$severity, reason: $reason };
        )*
        /// Every rule, in the order of the table in xtask/README.md.
        pub const ALL: &[&Rule] = &[$($name),*];
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
    REQUEST_MEDIA_TYPE_ADDED Info "request-media-type-added" "one more form to send";
    REQUEST_MEDIA_TYPE_REMOVED Breaking "request-media-type-removed" "the client sends this form";
    REQUEST_ENCODING_CHANGED Warning "request-encoding-changed" "the client encodes parts as before";
    MEDIA_TYPE_PARAMETER_CHANGED Info "media-type-parameter-changed" "the client goes by the media type without its parameters";
    // Responses.
    RESPONSE_SUCCESS_REMOVED Breaking "response-success-status-removed" "the answer the client decodes no longer comes";
    RESPONSE_SUCCESS_ADDED Info "response-success-status-added" "one more answer beside those that are known";
    RESPONSE_ERROR_REMOVED Info "response-error-status-removed" "the client reads every error, documented or not";
    RESPONSE_ERROR_ADDED Info "response-error-status-added" "the client reads every error, documented or not";
    ERROR_ANSWER_CHANGED Info "error-answer-changed" "the client reads every error, whatever its shape";
    RESPONSE_MEDIA_TYPE_ADDED Info "response-media-type-added" "one more form beside those that are known";
    RESPONSE_MEDIA_TYPE_REMOVED Breaking "response-media-type-removed" "the client decodes this form";
    RESPONSE_MEDIA_TYPE_SPECIALIZED Info "response-media-type-specialized" "JSON under a name of its own is still decoded as JSON";
    RESPONSE_HEADER_ADDED Info "response-header-added" "headers that are not known are left alone";
    RESPONSE_HEADER_REMOVED_REQUIRED Breaking "response-required-header-removed" "callers read headers that always come";
    RESPONSE_HEADER_REMOVED Warning "response-optional-header-removed" "callers may read it, but could not count on it";
    RESPONSE_HEADER_BECAME_OPTIONAL Breaking "response-header-became-optional" "callers read headers that always come";
    RESPONSE_HEADER_BECAME_REQUIRED Info "response-header-became-required" "it comes in more answers";
    // Schemas, in requests and in responses.
    REQUEST_TYPE_WIDENED Info "request-type-widened" "what the client sends is still of the type";
    REQUEST_TYPE_CHANGED Breaking "request-type-changed" "what the client sends may not be of the type";
    RESPONSE_WRAPPED Info "response-wrapped" "the client reads what stands at this property as the object itself (`x-client-unwrap`)";
    RESPONSE_TYPE_NARROWED Info "response-type-narrowed" "what comes is of the type the client decodes";
    RESPONSE_TYPE_CHANGED Breaking "response-type-changed" "what comes may not be of the type the client decodes";
    REQUEST_BECAME_NULLABLE Info "request-became-nullable" "the client sends no null";
    REQUEST_BECAME_NOT_NULLABLE Breaking "request-became-not-nullable" "a null that the client may send is refused";
    RESPONSE_BECAME_NULLABLE Breaking "response-became-nullable" "a null where the client wants a value";
    RESPONSE_OPTIONAL_BECAME_NULLABLE Info "response-optional-property-became-nullable" "the client reads null as absent";
    RESPONSE_BECAME_NOT_NULLABLE Info "response-became-not-nullable" "what comes still decodes";
    REQUEST_ENUM_VALUE_ADDED Info "request-enum-value-added" "one more value to send";
    REQUEST_ENUM_VALUE_REMOVED Breaking "request-enum-value-removed" "a value that the client may send is refused";
    REQUEST_BECAME_ENUM Breaking "request-became-enum" "a value that the client may send is refused";
    REQUEST_ENUM_DROPPED Info "request-enum-dropped" "every value the client knows is still taken";
    RESPONSE_ENUM_VALUE_ADDED Breaking "response-enum-value-added" "a closed enum of the client refuses a value it does not know";
    RESPONSE_OPEN_ENUM_VALUE_ADDED Info "response-open-enum-value-added" "the client keeps values it does not know as strings";
    RESPONSE_ENUM_VALUE_REMOVED Info "response-enum-value-removed" "it does not come any more";
    RESPONSE_BECAME_ENUM Info "response-became-enum" "what comes still decodes";
    RESPONSE_ENUM_DROPPED Breaking "response-enum-dropped" "a closed enum of the client refuses a value it does not know";
    REQUEST_CONST_ADDED Breaking "request-const-added" "another value that the client may send is refused";
    REQUEST_CONST_CHANGED Breaking "request-const-changed" "the value that the client sends is refused";
    REQUEST_CONST_REMOVED Info "request-const-removed" "the value that the client sends is still taken";
    RESPONSE_CONST_ADDED Info "response-const-added" "what comes still decodes";
    RESPONSE_CONST_CHANGED Breaking "response-const-changed" "the client knows one value, and another comes";
    RESPONSE_CONST_REMOVED Breaking "response-const-removed" "the client knows one value, and others may come";
    REQUEST_BOUND_ADDED Warning "request-bound-added" "a limit that is written down: what lies beyond was most likely refused all along";
    REQUEST_BOUND_TIGHTENED Breaking "request-bound-tightened" "a value that was allowed is refused";
    REQUEST_BOUND_LOOSENED Info "request-bound-loosened" "what was allowed still is";
    RESPONSE_BOUND_TIGHTENED Info "response-bound-tightened" "what comes is within the old limits";
    RESPONSE_BOUND_LOOSENED Breaking "response-bound-loosened" "a value beyond the limits of the client's type";
    REQUEST_PATTERN_ADDED Breaking "request-pattern-added" "a string that was allowed may be refused";
    REQUEST_PATTERN_CHANGED Warning "request-pattern-changed" "whether all that was allowed still is cannot be told";
    REQUEST_PATTERN_LOOSENED Info "request-pattern-loosened" "what was allowed still is";
    RESPONSE_PATTERN_CHANGED Info "response-pattern-changed" "the client checks no patterns in answers";
    REQUEST_CONSTRAINT_ADDED Breaking "request-constraint-added" "what was allowed may be refused";
    REQUEST_CONSTRAINT_REMOVED Info "request-constraint-removed" "what was allowed still is";
    RESPONSE_CONSTRAINT_ADDED Info "response-constraint-added" "what comes is within the old constraints";
    RESPONSE_CONSTRAINT_REMOVED Breaking "response-constraint-removed" "what comes may be what callers were promised not to see";
    REQUEST_CONTENT_CHANGED Breaking "request-content-changed" "the client sends a string that holds the old form";
    RESPONSE_CONTENT_CHANGED Breaking "response-content-changed" "callers read the string as the old form";
    REQUEST_CONSTRAINT_CHANGED Warning "request-constraint-changed" "whether all that was allowed still is cannot be told";
    RESPONSE_CONSTRAINT_CHANGED Info "response-constraint-changed" "the client does not check it in answers";
    REQUEST_DEFAULT_CHANGED Info "request-default-changed" "the client sends what the caller gave";
    RESPONSE_DEFAULT_CHANGED Info "response-default-changed" "the client takes what comes";
    DISCRIMINATOR_CHANGED Info "discriminator-changed" "the client tells alternatives apart by their shape";
    // Properties.
    REQUEST_PROPERTY_ADDED_REQUIRED Breaking "request-required-property-added" "shipped clients do not send it";
    REQUEST_PROPERTY_ADDED Info "request-optional-property-added" "may be left out";
    REQUEST_PROPERTY_REMOVED Warning "request-property-removed" "what is sent may be ignored";
    REQUEST_PROPERTY_BECAME_REQUIRED Breaking "request-property-became-required" "requests that leave it out are refused";
    REQUEST_PROPERTY_BECAME_OPTIONAL Info "request-property-became-optional" "sending it stays right";
    RESPONSE_PROPERTY_ADDED Info "response-property-added" "the client leaves out what it does not know";
    RESPONSE_PROPERTY_REMOVED Warning "response-optional-property-removed" "the client decodes the answer without it; what read it gets nothing";
    RESPONSE_PROPERTY_REMOVED_REQUIRED Breaking "response-required-property-removed" "the client refuses an answer without it";
    RESPONSE_PROPERTY_BECAME_OPTIONAL Breaking "response-property-became-optional" "the client refuses an answer without it";
    RESPONSE_PROPERTY_BECAME_REQUIRED Info "response-property-became-required" "it comes in more answers";
    READ_ONLY_CHANGED Info "property-read-only-changed" "servers ignore what they alone write";
    ONE_WAY_PROPERTY_CHANGED Info "one-way-property-changed" "read-only in a request, or write-only in an answer: it does not travel this way";
    WRITE_ONLY_ADDED Info "property-became-write-only" "what no answer needs to hold";
    WRITE_ONLY_REMOVED Warning "property-became-not-write-only" "answers hold what they kept back";
    REQUEST_ADDITIONAL_CLOSED Warning "request-additional-properties-refused" "properties beyond those that are named are refused";
    REQUEST_ADDITIONAL_OPENED Info "request-additional-properties-allowed" "what the client sends is still taken";
    RESPONSE_ADDITIONAL_CHANGED Info "response-additional-properties-changed" "the client leaves out what it does not know";
    RESPONSE_ADDITIONAL_LOOSENED Breaking "response-additional-properties-loosened" "a value that is not of the map's type";
    // Alternatives: oneOf and anyOf.
    REQUEST_ALTERNATIVE_ADDED Info "request-alternative-added" "one more form to send";
    REQUEST_ALTERNATIVE_REMOVED Breaking "request-alternative-removed" "a form that the client may send is refused";
    RESPONSE_ALTERNATIVE_ADDED Breaking "response-alternative-added" "a form that the client does not decode";
    RESPONSE_ALTERNATIVE_REMOVED Info "response-alternative-removed" "it does not come any more";
}

/// The rule called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.id == id).copied()
}
