//! What a rule reports.

use deferlint_semantics::body::Span;
use serde::{Deserialize, Serialize};

use crate::{Fix, Rule, Severity};

/// One finding of one rule in one declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How severe this finding is.
    pub severity: Severity,
    /// Where it is.
    pub span: Span,
    /// What happens at run time, why, and what to do: two lines at most.
    pub message: String,
    /// Other places that belong to it: the defer, the return, the declaration that shadows.
    pub related: Vec<Related>,
    /// The fixes offered, the best one first.
    pub fixes: Vec<Fix>,
    /// How an editor may draw the place.
    pub tag: Option<Tag>,
    /// True for a finding that is reported only when its rule was selected, although the rule runs by default.
    pub is_opt_in: bool,
}

impl Finding {
    /// Sets another severity than the rule's own.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Adds a related place.
    pub fn related(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Related {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds a fix after those that are already there, when there is one.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fixes.extend(fix.into());
        self
    }

    /// Reports this finding only when its rule was selected.
    pub fn opt_in(&mut self) -> &mut Self {
        self.is_opt_in = true;
        self
    }

    /// Sets how an editor may draw the place.
    pub fn tag(&mut self, tag: Tag) -> &mut Self {
        self.tag = Some(tag);
        self
    }
}

/// A place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where it is.
    pub span: Span,
    /// What it has to do with the finding.
    pub message: String,
}

/// How an editor may draw a finding's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tag {
    /// The code has no effect.
    Unnecessary,
}

/// Where a rule puts its findings.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: &'static Rule,
    list: &'a mut Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// A sink for the findings of one rule.
    pub fn new(rule: &'static Rule, list: &'a mut Vec<Finding>) -> Self {
        Self { rule, list }
    }

    /// Reports a finding at the rule's own severity; related places and fixes are added to what is returned.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.list.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            span,
            message: message.into(),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
            is_opt_in: false,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}
