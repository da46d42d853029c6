//! How often the inference and go/types agree.

use std::collections::BTreeMap;
use std::fmt;

/// What is asked about a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    ReturnedClass,
    OperandClass,
    Callee,
    DeferredCallee,
}

/// What became of a question.
pub(super) enum Verdict {
    Agreed,
    Unknown,
    Contradicted,
}

/// Counts by question and by what go/types answers, and the places to look at.
#[derive(Default)]
pub(super) struct Tally {
    counts: BTreeMap<(Question, String), Counts>,
    /// The places that the inference knows nothing about.
    pub(super) unknown: Vec<String>,
    /// The places where it says something else than go/types.
    pub(super) contradictions: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    agreed: usize,
    unknown: usize,
    contradicted: usize,
}

impl Tally {
    /// Counts a verdict; `place` says where, what Go says, and what the inference says.
    pub(super) fn add(
        &mut self,
        question: Question,
        kind: &str,
        verdict: &Verdict,
        place: impl FnOnce() -> String,
    ) {
        let counts = self.counts.entry((question, kind.to_owned())).or_default();
        match verdict {
            Verdict::Agreed => counts.agreed += 1,
            Verdict::Unknown => {
                counts.unknown += 1;
                self.unknown.push(place());
            }
            Verdict::Contradicted => {
                counts.contradicted += 1;
                self.contradictions.push(place());
            }
        }
    }

    /// Both tallies together, in this order.
    pub(super) fn and(mut self, other: Self) -> Self {
        for (key, counts) in other.counts {
            let own = self.counts.entry(key).or_default();
            *own = own.and(counts);
        }
        self.unknown.extend(other.unknown);
        self.contradictions.extend(other.contradictions);
        self
    }
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            agreed: self.agreed + other.agreed,
            unknown: self.unknown + other.unknown,
            contradicted: self.contradicted + other.contradicted,
        }
    }

    fn line(self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = self.agreed + self.unknown + self.contradicted;
        #[allow(clippy::cast_precision_loss, reason = "a share is shown with two digits")]
        let unknown_share = 100.0 * self.unknown as f64 / compared.max(1) as f64;
        writeln!(
            f,
            "{name:<28} {compared:>9} {:>9} {:>8} {unknown_share:>8.2} {:>13}",
            self.agreed, self.unknown, self.contradicted
        )
    }
}

/// A table: each question, and below it what go/types answers.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<28} {:>9} {:>9} {:>8} {:>8} {:>13}",
            "", "compared", "agreed", "unknown", "percent", "contradicted"
        )?;
        for question in [
            Question::ReturnedClass,
            Question::OperandClass,
            Question::Callee,
            Question::DeferredCallee,
        ] {
            let rows = || self.counts.iter().filter(|((asked, _), _)| *asked == question);
            let total = rows().fold(Counts::default(), |total, (_, counts)| total.and(*counts));
            total.line(&question.to_string(), f)?;
            for ((_, kind), counts) in rows() {
                counts.line(&format!("  {kind}"), f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReturnedClass => "returned expressions",
            Self::OperandClass => "operands of calls",
            Self::Callee => "callees",
            Self::DeferredCallee => "callees of deferred calls",
        })
    }
}
