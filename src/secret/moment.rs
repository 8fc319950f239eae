//! Times that the API tells, compared as moments: it may write one of them in several ways, and with fewer digits in one
//! answer than in another.

use jiff::Timestamp;

use crate::managed::value::Datum;

/// The steps in which times are told, in nanoseconds: seconds, and thousandths, millionths and billionths of one.
const STEPS: [i128; 4] = [1_000_000_000, 1_000_000, 1_000, 1];

/// The largest step that a time is a multiple of.
fn step(nanoseconds: i128) -> i128 {
    let mut steps = STEPS.into_iter();
    steps.find(|step| nanoseconds % step == 0).unwrap_or(1)
}

/// Whether two times in ISO 8601 are one moment: equal, or one of them is the other cut or rounded to its larger step.
/// Texts that are no times are one where they are equal.
pub fn is_same(one: &str, other: &str) -> bool {
    let (Ok(moment), Ok(other_moment)) = (one.parse::<Timestamp>(), other.parse::<Timestamp>()) else {
        return one == other;
    };
    let (one, other) = (moment.as_nanosecond(), other_moment.as_nanosecond());
    let (coarse, fine) = if step(one) > step(other) {
        (one, other)
    } else {
        (other, one)
    };
    let (beyond, step) = (fine - coarse, step(coarse));
    -step / 2 <= beyond && beyond < step
}

/// As [`is_same`], for attributes.
pub fn is_same_datum(one: &Datum, other: &Datum) -> bool {
    match (one, other) {
        (Datum::Text(one), Datum::Text(other)) => is_same(one, other),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_however_it_is_written_and_however_many_digits_it_has() {
        let fine = "2026-10-01T12:00:07.654321Z";
        for same in [
            fine,
            "2026-10-01T14:00:07.654321+02:00",
            "2026-10-01T12:00:07.654Z",
            "2026-10-01T12:00:07Z",
            "2026-10-01T12:00:07.000Z",
            "2026-10-01T12:00:08Z",
        ] {
            assert!(is_same(fine, same) && is_same(same, fine), "{same}");
        }
        for other in [
            "2026-10-01T12:00:07.654322Z",
            "2026-10-01T12:00:07.655Z",
            "2026-10-01T12:00:07.653Z",
            "2026-10-01T12:00:06Z",
            "2026-10-01T12:00:09Z",
            "soon",
        ] {
            assert!(!is_same(fine, other) && !is_same(other, fine), "{other}");
        }
        assert!(!is_same("2026-10-01T12:00:07.654Z", "2026-10-01T12:00:07.655Z"));
        assert!(!is_same("2026-10-01T12:00:07Z", "2026-10-01T12:00:08Z"));
        assert!(is_same("soon", "soon"));
    }
}
