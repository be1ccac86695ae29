//! Draws amounts over time as bars.

use std::collections::BTreeMap;

use crate::Timestamp;

/// The characters of the longest bar, where there is room for it.
const LONGEST: u16 = 50;

/// A line for each amount: the day, a bar in proportion, and the amount. A bar is short enough for its line to fit the
/// `width` of a terminal.
#[must_use]
pub fn bars(amounts: &BTreeMap<Timestamp, f64>, width: u16) -> Vec<String> {
    let most = amounts.values().copied().fold(0.0, f64::max);
    let day = |start: &Timestamp| start.to_string().replace("T00:00:00Z", "");
    let texts = amounts.iter().map(|(start, amount)| day(start).len() + amount.to_string().len() + 2);
    let room = usize::from(width).saturating_sub(texts.max().unwrap_or_default());
    let longest = u16::try_from(room).unwrap_or(LONGEST).min(LONGEST);
    let is_reached = |at: u16, amount: f64| f64::from(at) + 0.5 <= amount / most * f64::from(longest);
    let bar = |amount: f64| "█".repeat((0..longest).filter(|&at| is_reached(at, amount)).count());
    amounts.iter().map(|(start, amount)| format!("{} {} {amount}\n", day(start), bar(*amount))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_and_lines_fit_the_width() {
        let day = |text: &str| text.parse::<Timestamp>().unwrap();
        let amounts = BTreeMap::from([(day("2026-09-01"), 10.0), (day("2026-09-02"), 2.5), (day("2026-09-03"), -1.0)]);
        for (width, lengths) in
            [(u16::MAX, [50, 13, 0]), (66, [50, 13, 0]), (55, [40, 10, 0]), (18, [3, 1, 0]), (5, [0, 0, 0])]
        {
            let drawn = bars(&amounts, width).concat();
            let found: Vec<usize> = drawn.lines().map(|line| line.matches('█').count()).collect();
            assert_eq!(found, lengths, "{width}");
            assert!(drawn.lines().all(|line| line.chars().count() <= usize::from(width).max(16)), "{width}: {drawn}");
        }
        assert_eq!(bars(&BTreeMap::from([(day("2026-09-01T12:00:00Z"), 0.0)]), 80), ["2026-09-01T12:00:00Z  0\n"]);
    }
}
