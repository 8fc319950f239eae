//! Rate limits: how many requests a user may send, what the headers say of it, and when it is too many (V2 1.3).

use std::time::{Duration, Instant};

use crate::account::switches::Switches;

/// The quota of a minute when nothing is counted against it.
const GENEROUS: u32 = 6000;
/// The quotas of the longer windows: name, requests, seconds.
const LONGER: [(&str, u32, u64); 2] = [("hour", 360_000, 3600), ("day", 8_640_000, 86_400)];

/// The requests of the windows that are running.
#[derive(Debug)]
pub(crate) struct Limits {
    began: Instant,
    in_window: u32,
    all: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            in_window: 0,
            all: 0,
        }
    }
}

/// What the limits make of a request.
pub(crate) struct Verdict {
    /// `RateLimit` and `RateLimit-Policy`.
    pub(crate) headers: Vec<(String, String)>,
    /// How many seconds to wait, when it is too many.
    pub(crate) wait: Option<u64>,
}

impl Limits {
    /// Counts a request.
    pub(crate) fn count(&mut self, switches: &Switches) -> Verdict {
        let window = u64::from(switches.rate_window.max(1));
        if self.began.elapsed() >= Duration::from_secs(window) {
            self.began = Instant::now();
            self.in_window = 0;
        }
        let quota = switches.rate_limit.unwrap_or(GENEROUS);
        let is_over = switches.rate_limit.is_some_and(|quota| self.in_window >= quota);
        if !is_over {
            self.in_window = self.in_window.saturating_add(1);
            self.all = self.all.saturating_add(1);
        }
        let left = quota.saturating_sub(self.in_window);
        let reset = window.saturating_sub(self.began.elapsed().as_secs()).max(1);
        let longer = LONGER.iter();
        let policies = longer
            .clone()
            .map(|(name, quota, seconds)| format!("\"{name}\";q={quota};w={seconds}"));
        let states = longer.map(|(name, quota, seconds)| {
            format!("\"{name}\";r={};t={seconds}", quota.saturating_sub(self.all))
        });
        let policy = std::iter::once(format!("\"minute\";q={quota};w={window}")).chain(policies);
        let state = std::iter::once(format!("\"minute\";r={left};t={reset}")).chain(states);
        let joined = |parts: Vec<String>| parts.join(", ");
        let headers = vec![
            ("RateLimit-Policy".to_owned(), joined(policy.collect())),
            ("RateLimit".to_owned(), joined(state.collect())),
        ];
        Verdict {
            headers: if switches.rate_headers {
                headers
            } else {
                Vec::new()
            },
            wait: is_over.then_some(reset),
        }
    }
}
