//! Writes the code that all enumerations of texts share.

/// Reads, writes, prints, converts and compares a generated enumeration of texts, and lets setters take it. It has the
/// method `as_str`, which gives its text, and the function `of`, which makes a value of any text.
///
/// The paths are absolute, because a document may have a type called `Result`. A program compiles what it calls.
#[allow(unused_macros, reason = "not every document has an enumeration")]
macro_rules! known_values {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                ::std::result::Result::Ok(Self::of(text))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let expected = ::std::concat!("a value of ", ::std::stringify!($name));
                $crate::runtime::de::text(deserializer, expected, Self::of)
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self::of(text)
            }
        }

        impl ::std::convert::From<&::std::string::String> for $name {
            #[inline]
            fn from(text: &::std::string::String) -> Self {
                Self::of(text)
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                Self::of(&text)
            }
        }

        $crate::runtime::known_values!(@compared with str, &str, ::std::string::String; $name);

        impl $crate::runtime::FromKind<::std::string::String> for $name {
            #[inline]
            fn from_kind(text: ::std::string::String) -> ::std::result::Result<Self, $crate::runtime::InvalidValue> {
                ::std::result::Result::Ok(text.into())
            }
        }
        $crate::runtime::take!($name, ::std::string::String, value => value.as_str().to_owned());
        $crate::runtime::take!(&$name, ::std::string::String, value => value.as_str().to_owned());
    };
    (@compared with $($text:ty),+; $name:ident) => {
        $(
            #[doc(hidden)]
            impl ::std::cmp::PartialEq<$text> for $name {
                #[inline]
                fn eq(&self, text: &$text) -> bool {
                    self.as_str() == ::std::convert::AsRef::<str>::as_ref(text)
                }
            }

            #[doc(hidden)]
            impl ::std::cmp::PartialEq<$name> for $text {
                #[inline]
                fn eq(&self, value: &$name) -> bool {
                    value == self
                }
            }
        )+
    };
}

pub(crate) use known_values;
