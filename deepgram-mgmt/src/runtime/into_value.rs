//! Converts what a caller writes into what a request holds.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::num;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

use crate::values::{EmailSegment, PathSegment, Secret, Timestamp};

/// A value that an argument or a setter takes for a `T`.
///
/// | `T` | taken from |
/// | --- | --- |
/// | text, an id, a time, a known value | `&str`, `String`, `&String`, `Cow<str>`, `Box<str>`, an id, a variant of a known value |
/// | a number | every integer type; one that does not fit is an error of the call before it sends anything |
/// | a time | also [`Timestamp`], `DateTime`, `NaiveDateTime` (UTC) and `NaiveDate` of the crate `chrono`, [`SystemTime`] |
/// | a list | an array, a slice, a `Vec`, a set or an iterator of these, or one of them alone |
/// | `Option` of a `T` | `T`'s values, and `Option` of them; `None` sets nothing |
///
/// Implement it for a type of your own, such as an id, and every method takes it:
///
/// ```
/// use deepgram_mgmt::{IntoValue, InvalidValue, PathSegment};
///
/// struct ProjectId(String);
///
/// impl IntoValue<PathSegment> for &ProjectId {
///     fn into_value(self) -> Result<PathSegment, InvalidValue> {
///         (&self.0).into_value()
///     }
/// }
///
/// fn show(client: &deepgram_mgmt::Client, id: &ProjectId) {
///     let call = client.get_project(id);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not taken for `{T}`",
    note = "text is taken from `&str`, `String`, `Cow<str>` or a known value; a number from any integer; a time from text, `Timestamp`, `DateTime`, `NaiveDate` or `SystemTime`; a list from an array, slice, `Vec`, set or iterator; each from an `Option` where it may be left out"
)]
pub trait IntoValue<T, Via = Itself> {
    /// The value.
    ///
    /// # Errors
    /// It does not fit.
    fn into_value(self) -> Result<T, InvalidValue>;
}

/// Marks the values that are taken on their own, and not one by one from an iterator.
#[derive(Debug, Clone, Copy)]
pub struct Itself;

/// Marks iterators, which are taken value by value.
#[derive(Debug, Clone, Copy)]
pub struct Each;

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue(String);

impl InvalidValue {
    /// An error with this reason; the name of the parameter comes before it.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidValue {}

/// The value of an argument, or the message that names it.
pub(crate) fn given<T, Via>(name: &str, value: impl IntoValue<T, Via>) -> Result<T, String> {
    value.into_value().map_err(|error| named(name, &error))
}

/// As [`given`], for values that only conversions of the standard library know.
pub(crate) fn converted<T>(name: &str, value: impl TryInto<T, Error: fmt::Display>) -> Result<T, String> {
    value.try_into().map_err(|error| named(name, &error))
}

/// Sets a value that must be there. `None` leaves it as it was.
pub(crate) fn set<T, Via>(slot: &mut Result<T, String>, name: &str, value: impl IntoValue<Option<T>, Via>) {
    match value.into_value() {
        Ok(None) => {}
        Ok(Some(value)) => *slot = Ok(value),
        Err(error) => *slot = Err(named(name, &error)),
    }
}

/// Sets a value that may be left out.
pub(crate) fn set_optional<T, Via>(
    slot: &mut Result<Option<T>, String>,
    name: &str,
    value: impl IntoValue<Option<T>, Via>,
) {
    *slot = value.into_value().map_err(|error| named(name, &error));
}

fn named(name: &str, error: &dyn fmt::Display) -> String {
    format!("{name}: {error}")
}

/// A type of a document that is made of values of the kind `K`: of text, integers, times and the like.
pub trait FromKind<K>: Sized {
    /// The value of this type.
    ///
    /// # Errors
    /// It does not fit.
    fn from_kind(value: K) -> Result<Self, InvalidValue>;
}

impl<K, T: FromKind<K>> FromKind<K> for Option<T> {
    fn from_kind(value: K) -> Result<Self, InvalidValue> {
        T::from_kind(value).map(Some)
    }
}

/// A list of one.
impl<K, T: FromKind<K>> FromKind<K> for Vec<T> {
    fn from_kind(value: K) -> Result<Self, InvalidValue> {
        T::from_kind(value).map(|value| vec![value])
    }
}

/// Takes a source wherever a type is made of its kind. The paths are whole, because a document may have a type called
/// `Result`.
macro_rules! take {
    ($source:ty, $kind:ty, $value:ident => $convert:expr) => {
        $crate::runtime::take!(@ [] $source, $kind, $value => $convert);
    };
    (@ [$($generics:tt)*] $source:ty, $kind:ty, $value:ident => $convert:expr) => {
        // The trait's table says as much, on one page and not on that of every type.
        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($generics)* AnyTarget> $crate::runtime::IntoValue<AnyTarget> for $source
        where
            AnyTarget: $crate::runtime::FromKind<$kind>,
        {
            fn into_value(self) -> ::std::result::Result<AnyTarget, $crate::runtime::InvalidValue> {
                let $value = self;
                AnyTarget::from_kind($convert)
            }
        }
    };
}

/// Takes a generated type of one text, which it checks.
#[allow(unused_macros, reason = "not every document has such a type")]
macro_rules! take_parsed {
    ($name:ident) => {
        impl $crate::runtime::FromKind<::std::string::String> for $name {
            fn from_kind(text: ::std::string::String) -> ::std::result::Result<Self, $crate::runtime::InvalidValue> {
                text.parse().map_err(|error| $crate::runtime::InvalidValue::new(::std::format!("{error}")))
            }
        }
        $crate::runtime::take!($name, ::std::string::String, value => value.0);
        $crate::runtime::take!(&$name, ::std::string::String, value => value.0.clone());
    };
}

pub(crate) use {take, take_parsed};

macro_rules! take_all {
    ($kind:ty: $($source:ty),+ => |$value:ident| $convert:expr) => {
        $(take!($source, $kind, $value => $convert);)+
    };
}

take_all!(String: &str, &&str, Cow<'_, str>, &Cow<'_, str>, Box<str> => |text| text.to_string());
take!(&String, String, text => text.clone());
take!(String, String, text => text);
take_all!(String: PathSegment, &PathSegment, EmailSegment, &EmailSegment => |id| id.to_string());
take!(Secret, Secret, secret => secret);
take!(&Secret, Secret, secret => secret.clone());
take!(bool, bool, flag => flag);
take!(&bool, bool, flag => *flag);

/// Any integer, so that each type says for itself which ones fit.
type Integer = i128;

macro_rules! take_integers {
    ($($source:ty)+) => {$(
        take!($source, Integer, number => Integer::from(number));
        take!(&$source, Integer, number => Integer::from(*number));
    )+};
}

take_integers!(i8 i16 i32 i64 u8 u16 u32 u64);
// They are at most 64 bits wide. Of 128 bits, the ones beyond are beyond every other type, too.
take_all!(Integer: usize, isize, u128 => |number| Integer::try_from(number).unwrap_or(Integer::MAX));
take_all!(Integer: &usize, &isize, &u128 => |number| Integer::try_from(*number).unwrap_or(Integer::MAX));
take!(i128, Integer, number => number);
take!(&i128, Integer, number => *number);
take_all!(Integer: num::NonZeroU8, num::NonZeroU16, num::NonZeroU32, num::NonZeroU64 => |number| number.get().into());
take!(f64, f64, number => number);
take!(&f64, f64, number => *number);
take_all!(f64: f32, &f32 => |number| number.to_owned().into());

take!(Timestamp, Timestamp, time => time);
take!(&Timestamp, Timestamp, time => Timestamp::clone(time));
take!(@ [Z: TimeZone,] DateTime<Z>, Timestamp, time => time.with_timezone(&Utc).into());
take!(@ [Z: TimeZone,] &DateTime<Z>, Timestamp, time => time.with_timezone(&Utc).into());
take_all!(NaiveDate: NaiveDate => |date| date);
take_all!(NaiveDate: &NaiveDate => |date| *date);
take_all!(Timestamp: NaiveDateTime, &NaiveDateTime => |time| time.and_utc().into());
take!(SystemTime, Timestamp, time => DateTime::<Utc>::from(time).into());
take!(&SystemTime, Timestamp, time => DateTime::<Utc>::from(*time).into());

impl FromKind<String> for String {
    fn from_kind(text: String) -> Result<Self, InvalidValue> {
        Ok(text)
    }
}

impl FromKind<String> for Secret {
    fn from_kind(text: String) -> Result<Self, InvalidValue> {
        Ok(text.into())
    }
}

macro_rules! parse {
    ($($target:ty),+) => {$(
        impl FromKind<String> for $target {
            fn from_kind(text: String) -> Result<Self, InvalidValue> {
                text.parse().map_err(|error| InvalidValue::new(format!("{error}")))
            }
        }
    )+};
}

parse!(PathSegment, EmailSegment);

impl FromKind<String> for Timestamp {
    fn from_kind(text: String) -> Result<Self, InvalidValue> {
        text.parse().map_err(|error| InvalidValue::new(format!("{text:?} {error}")))
    }
}

impl FromKind<NaiveDate> for Timestamp {
    fn from_kind(date: NaiveDate) -> Result<Self, InvalidValue> {
        Ok(date.and_time(NaiveTime::MIN).and_utc().into())
    }
}

impl FromKind<String> for NaiveDate {
    fn from_kind(text: String) -> Result<Self, InvalidValue> {
        text.parse().map_err(|_| InvalidValue::new(format!("{text:?} is not a date as in 2026-09-15")))
    }
}

macro_rules! keep {
    ($($target:ty),+) => {$(
        impl FromKind<$target> for $target {
            fn from_kind(value: $target) -> Result<Self, InvalidValue> {
                Ok(value)
            }
        }
    )+};
}

keep!(bool, f64, NaiveDate, Secret, Timestamp);

/// Reads an integer of one type; its limits say which ones fit.
fn fit<N>(number: Integer, limits: [Integer; 2], read: fn(Integer) -> Option<N>) -> Result<N, InvalidValue> {
    let [least, most] = limits;
    read(number).ok_or_else(|| {
        InvalidValue::new(if number < least {
            format!("{number} is too small: the least is {least}")
        } else {
            format!("{number} is too large: the most is {most}")
        })
    })
}

macro_rules! integers {
    ($($target:ident $non_zero:ident),+) => {$(
        impl FromKind<Integer> for $target {
            fn from_kind(number: Integer) -> Result<Self, InvalidValue> {
                fit(number, [Self::MIN.into(), Self::MAX.into()], |number| number.try_into().ok())
            }
        }
        impl FromKind<Integer> for num::$non_zero {
            fn from_kind(number: Integer) -> Result<Self, InvalidValue> {
                let read = |number| $target::try_from(number).ok().and_then(Self::new);
                fit(number, [Self::MIN.get().into(), Self::MAX.get().into()], read)
            }
        }
    )+};
}

integers!(i8 NonZeroI8, i16 NonZeroI16, i32 NonZeroI32, i64 NonZeroI64);
integers!(u8 NonZeroU8, u16 NonZeroU16, u32 NonZeroU32, u64 NonZeroU64);

impl FromKind<Integer> for f64 {
    fn from_kind(number: Integer) -> Result<Self, InvalidValue> {
        const EXACT: Integer = 1 << f64::MANTISSA_DIGITS;
        #[expect(clippy::cast_precision_loss, reason = "within the limits there is none")]
        let read = |number: Integer| (-EXACT..=EXACT).contains(&number).then_some(number as Self);
        fit(number, [-EXACT, EXACT], read)
    }
}

#[diagnostic::do_not_recommend]
impl<T, V: IntoValue<T>> IntoValue<Option<T>> for Option<V> {
    fn into_value(self) -> Result<Option<T>, InvalidValue> {
        self.map(V::into_value).transpose()
    }
}

#[diagnostic::do_not_recommend]
impl<T, V: IntoValue<T> + Clone> IntoValue<Option<T>> for &Option<V> {
    fn into_value(self) -> Result<Option<T>, InvalidValue> {
        self.clone().into_value()
    }
}

/// Takes a type as a list, alone and in an `Option`.
macro_rules! take_lists {
    ($([$($generics:tt)*] $source:ty, $list:ident => $values:expr);+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, V: IntoValue<T>, $($generics)*> IntoValue<Vec<T>> for $source {
            fn into_value(self) -> Result<Vec<T>, InvalidValue> {
                let $list = self;
                $values.map(V::into_value).collect()
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T, V: IntoValue<T>, $($generics)*> IntoValue<Option<Vec<T>>> for $source {
            fn into_value(self) -> Result<Option<Vec<T>>, InvalidValue> {
                IntoValue::<Vec<T>>::into_value(self).map(Some)
            }
        }
    )+};
}

take_lists!(
    [] Vec<V>, list => list.into_iter();
    [] VecDeque<V>, list => list.into_iter();
    [] BTreeSet<V>, list => list.into_iter();
    [S] HashSet<V, S>, list => list.into_iter();
    [const N: usize] [V; N], list => list.into_iter()
);

/// Takes what is borrowed as a list, alone and in an `Option`.
macro_rules! take_borrowed_lists {
    ($([$($generics:tt)*] $source:ty);+) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, T, V, $($generics)*> IntoValue<Vec<T>> for &'a $source
        where
            &'a V: IntoValue<T>,
        {
            fn into_value(self) -> Result<Vec<T>, InvalidValue> {
                self.iter().map(IntoValue::into_value).collect()
            }
        }
        #[diagnostic::do_not_recommend]
        impl<'a, T, V, $($generics)*> IntoValue<Option<Vec<T>>> for &'a $source
        where
            &'a V: IntoValue<T>,
        {
            fn into_value(self) -> Result<Option<Vec<T>>, InvalidValue> {
                IntoValue::<Vec<T>>::into_value(self).map(Some)
            }
        }
    )+};
}

take_borrowed_lists!([] Vec<V>; [] VecDeque<V>; [] BTreeSet<V>; [S] HashSet<V, S>; [] [V]; [const N: usize] [V; N]);

#[diagnostic::do_not_recommend]
impl<T, I: Iterator<Item: IntoValue<T>>> IntoValue<Vec<T>, Each> for I {
    fn into_value(self) -> Result<Vec<T>, InvalidValue> {
        self.map(IntoValue::into_value).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T, I: Iterator<Item: IntoValue<T>>> IntoValue<Option<Vec<T>>, Each> for I {
    fn into_value(self) -> Result<Option<Vec<T>>, InvalidValue> {
        IntoValue::<Vec<T>, Each>::into_value(self).map(Some)
    }
}
