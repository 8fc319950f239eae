//! What the headers of an answer say about when the next request may come.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// What `Retry-After` asks for, in seconds or as a date.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            Some(date.duration_since(SystemTime::now()).unwrap_or_default())
        }
    }
}

/// How long until the last of the windows of `RateLimit` opens again that have nothing left (V2 1.3); none where every
/// window has something left, or does not say when it opens.
pub fn exhausted(headers: &HeaderMap) -> Option<Duration> {
    let windows = headers.get_all("ratelimit").iter();
    let windows = windows.filter_map(|value| value.to_str().ok());
    let waits = windows.flat_map(|value| value.split(',')).filter_map(|window| {
        let parameter = |name: &str| -> Option<u64> {
            let mut parameters = window
                .split(';')
                .filter_map(|parameter| parameter.split_once('='));
            let (_, value) = parameters.find(|(key, _)| key.trim() == name)?;
            value.trim().parse().ok()
        };
        (parameter("r")? == 0).then(|| parameter("t"))?
    });
    waits.max().map(Duration::from_secs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn asked(text: &str) -> Option<Duration> {
        let value = HeaderValue::from_str(text).unwrap();
        retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]))
    }

    fn windows(text: &str) -> Option<u64> {
        let value = HeaderValue::from_str(text).unwrap();
        let headers = HeaderMap::from_iter([(HeaderName::from_static("ratelimit"), value)]);
        exhausted(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked(" 0 "), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_is_read_as_a_date() {
        let date = |moment| asked(&httpdate::fmt_http_date(moment)).unwrap();
        // A date has whole seconds.
        let wait = date(SystemTime::now() + Duration::from_secs(60));
        assert!((58..=60).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(date(SystemTime::UNIX_EPOCH), Duration::ZERO);
    }

    #[test]
    fn retry_after_is_what_was_asked_however_long() {
        assert_eq!(asked("99999"), Some(Duration::from_secs(99_999)));
        assert_eq!(asked(&u64::MAX.to_string()), Some(Duration::from_secs(u64::MAX)));
        assert!(asked("Fri, 31 Dec 9999 23:59:59 GMT").unwrap() > Duration::from_secs(200_000_000_000));
    }

    #[test]
    fn retry_after_that_says_nothing_is_none() {
        assert_eq!(retry_after(&HeaderMap::new()), None);
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(asked(text), None, "{text}");
        }
    }

    #[test]
    fn the_longest_of_the_exhausted_windows_counts() {
        let rows = [
            (
                "\"minute\";r=12;t=44, \"hour\";r=0;t=1724, \"day\";r=31839;t=23324",
                Some(1724),
            ),
            ("\"minute\";r=0;t=12, \"hour\";t=1812;r=0", Some(1812)),
            ("\"minute\" ; t=12 ; r=0", Some(12)),
            ("\"minute\";r=0", None),
            ("\"minute\";r=1;t=9", None),
            ("\"day\";r=0;t=99999999", Some(99_999_999)),
            ("nonsense", None),
        ];
        for (text, wait) in rows {
            assert_eq!(windows(text), wait, "{text}");
        }
        assert_eq!(exhausted(&HeaderMap::new()), None);
    }
}
