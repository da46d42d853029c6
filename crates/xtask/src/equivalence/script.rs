//! Random edits to one document, and what is compared after each.

use std::fmt;

use deferlint_syntax::Parser;
use deferlint_text::{Change, PositionEncoding, PositionRange};
use deferlint_workspace::{Diagnostic, DocumentId, Session};

use super::{every_rule, model, trees};

/// What is typed: what opens, closes and joins what is around it, and what rules start from.
const TYPED: &[&str] = &[
    " ",
    "\n",
    "x",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "`",
    "'",
    ";",
    ",",
    ":=",
    "=",
    ".",
    "/*",
    "*/",
    "//",
    "func ",
    "defer ",
    "go ",
    "return ",
    "recover()",
    "if err != nil {\n}\n",
    "m[k] = v\n",
    "é",
    "😀",
    "𝄞",
    "\r\n",
    "\r",
    "0",
    "defer func() { err = f() }()\n",
    "//nolint:deferlint\n",
    "(err error)",
    "map[string]int",
];

/// How many edits come in a row before they are taken back.
const MAX_BURST: usize = 4;

/// Edits to one text.
#[derive(Clone, Debug)]
pub(super) struct Script {
    text: String,
    encoding: PositionEncoding,
    changes: Vec<Change>,
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Edits made.
    pub(super) edits: usize,
    /// Texts compared with the model's.
    pub(super) texts: usize,
    /// Edits that start or end within a character.
    pub(super) split: usize,
    /// States compared with a fresh session's, because the text had no syntax error.
    pub(super) states: usize,
    /// Nodes of the trees of these states, which were the same in both.
    pub(super) nodes: usize,
    /// Findings that were the same in both.
    pub(super) findings: usize,
}

impl Tally {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            edits: self.edits + other.edits,
            texts: self.texts + other.texts,
            split: self.split + other.split,
            states: self.states + other.states,
            nodes: self.nodes + other.nodes,
            findings: self.findings + other.findings,
        }
    }
}

/// Something that depends on how a text came about.
#[derive(Debug)]
pub(super) struct Difference {
    what: String,
    script: Script,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{}, after these changes ({:?}):",
            self.what, self.script.encoding
        )?;
        for change in &self.script.changes {
            match change.range {
                Some(range) => writeln!(formatter, "  {range} {:?}", change.text)?,
                None => writeln!(formatter, "  whole {:?}", change.text)?,
            }
        }
        write!(formatter, "to the text\n{}", self.script.text)
    }
}

impl Script {
    /// Random edits to a text, of which every other one gets wide characters first. Pieces of the other texts are
    /// pasted; after a few edits most are taken back.
    pub(super) fn random(random: &mut fastrand::Rng, text: String, others: &[String], count: usize) -> Self {
        let encodings = [
            PositionEncoding::Utf8,
            PositionEncoding::Utf16,
            PositionEncoding::Utf32,
        ];
        let mut script = Self {
            encoding: random.choice(encodings).unwrap_or_default(),
            changes: Vec::with_capacity(count),
            text: if random.bool() { widened(&text) } else { text },
        };
        let mut now = script.text.clone();
        // What takes back the latest edits, the last one first.
        let mut undo: Vec<Change> = Vec::new();
        while script.changes.len() < count {
            let goes_back = undo.len() == MAX_BURST || (!undo.is_empty() && random.bool());
            let mut changes = if goes_back {
                std::mem::take(&mut undo)
            } else {
                let change = script.edit(random, &now, others);
                undo.extend(script.inverse(&now, &change));
                vec![change]
            };
            for change in changes.drain(..).rev() {
                now = model::changed(&now, &change, script.encoding).unwrap_or(now);
                script.changes.push(change);
            }
            if random.u32(..30) == 0 {
                undo.clear();
            }
        }
        script
    }

    fn edit(&self, random: &mut fastrand::Rng, now: &str, others: &[String]) -> Change {
        if random.u32(..50) == 0 {
            let text = random.choice(others).cloned().unwrap_or_default();
            return Change { range: None, text };
        }
        let start = place(random, now);
        let length = match random.u32(..10) {
            0..6 => 0,
            6..9 => random.usize(..4),
            _ => random.usize(..400),
        };
        let end = boundary(now, (start + length).min(now.len()));
        let text = match random.u32(..8) {
            0 if end > start => "",
            1 => piece(random, others),
            _ => random.choice(TYPED).copied().unwrap_or_default(),
        };
        let mut range = PositionRange::new(
            model::position(now, start, self.encoding),
            model::position(now, end, self.encoding),
        );
        // Into the character where it starts, which has more than one unit in most encodings.
        if now[start..].starts_with(|character: char| !character.is_ascii()) && random.bool() {
            let units = random.u32(1..3);
            range.start.column += units;
            range.end.column += units;
        }
        // Half a character, and behind the end of the line.
        match random.u32(..20) {
            0 => range.end.column += 1,
            1 => range.end.column += 1000,
            _ => {}
        }
        Change {
            range: Some(range),
            text: text.to_owned(),
        }
    }

    /// What takes a change back, as far as positions can say it.
    fn inverse(&self, now: &str, change: &Change) -> Option<Change> {
        let changed = model::changed(now, change, self.encoding)?;
        let same_start = now
            .bytes()
            .zip(changed.bytes())
            .take_while(|(old, new)| old == new)
            .count();
        let start = boundary(now, same_start).min(boundary(&changed, same_start));
        let rest = (now.len() - start).min(changed.len() - start);
        let old_end = now[start..].bytes().rev();
        let same_end = old_end
            .zip(changed[start..].bytes().rev())
            .take(rest)
            .take_while(|(old, new)| old == new);
        let mut same_end = same_end.count();
        while !now.is_char_boundary(now.len() - same_end)
            || !changed.is_char_boundary(changed.len() - same_end)
        {
            same_end -= 1;
        }
        let range = PositionRange::new(
            model::position(&changed, start, self.encoding),
            model::position(&changed, changed.len() - same_end, self.encoding),
        );
        Some(Change {
            range: Some(range),
            text: now[start..now.len() - same_end].to_owned(),
        })
    }

    /// Makes the changes in a session, and compares after each.
    pub(super) fn run(&self) -> (Tally, Option<Difference>) {
        let mut tally = Tally::default();
        let what = self.compare(&mut tally).err();
        let difference = what.map(|what| Difference {
            what,
            script: self.clone(),
        });
        (tally, difference)
    }

    fn compare(&self, tally: &mut Tally) -> Result<(), String> {
        let mut session = Session::new(every_rule());
        let id: DocumentId = "edited.go".into();
        open(&mut session, &id, &self.text)?;
        let mut parser = Parser::new();
        let mut expected = self.text.clone();
        for (version, change) in (1..).zip(&self.changes) {
            tally.edits += 1;
            tally.split += usize::from(model::splits_a_character(&expected, change, self.encoding));
            let changed = model::changed(&expected, change, self.encoding);
            let applied = session.apply(&id, version, std::slice::from_ref(change), self.encoding);
            match (applied, changed) {
                (Ok(changes), Some(changed)) => {
                    session.settle(changes);
                    expected = changed;
                }
                (Err(_), None) => {}
                (Ok(_), None) => return Err("an impossible change was made".to_owned()),
                (Err(error), Some(_)) => return Err(format!("a change was refused: {error}")),
            }
            let text = session.text(&id).map(|(document, _)| document.to_string());
            if text.as_ref() != Some(&expected) {
                return Err("the texts differ".to_owned());
            }
            tally.texts += 1;
            let fresh = parser.parse(expected.as_str());
            if !fresh.has_error() {
                let tree = session.tree(&id).ok_or("the document has no tree")?;
                tally.nodes += trees::compare(tree, &fresh)?;
                let (kept, fresh) = (findings(&session, &id), fresh_findings(&id, &expected)?);
                if kept != fresh {
                    return Err(format!("the findings differ: kept {kept:?}, fresh {fresh:?}"));
                }
                tally.states += 1;
                tally.findings += fresh.len();
            }
        }
        Ok(())
    }
}

impl Difference {
    /// The difference after as few of the changes as show one.
    pub(super) fn shrunk(self) -> Self {
        let mut smallest = self;
        let mut index = 0;
        while index < smallest.script.changes.len() {
            let mut shorter = smallest.script.clone();
            shorter.changes.remove(index);
            match shorter.run().1 {
                Some(difference) => smallest = difference,
                None => index += 1,
            }
        }
        smallest
    }
}

fn open(session: &mut Session, id: &DocumentId, text: &str) -> Result<(), String> {
    let opened = session.open(DocumentId::clone(id), None, 0, text);
    let changes = opened.map_err(|error| error.to_string())?;
    session.settle(changes);
    Ok(())
}

fn findings(session: &Session, id: &DocumentId) -> Vec<Diagnostic> {
    let analysis = session.analysis(id);
    analysis.map_or_else(Vec::new, |analysis| analysis.diagnostics.clone())
}

fn fresh_findings(id: &DocumentId, text: &str) -> Result<Vec<Diagnostic>, String> {
    let mut session = Session::new(every_rule());
    open(&mut session, id, text)?;
    Ok(findings(&session, id))
}

/// A few lines of one of the texts.
fn piece<'a>(random: &mut fastrand::Rng, texts: &'a [String]) -> &'a str {
    let Some(text) = random.choice(texts) else {
        return "";
    };
    let start = boundary(text, random.usize(..=text.len()));
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = boundary(text, (start + random.usize(..600)).min(text.len()));
    &text[start..end]
}

/// Go as before, with characters of several units in names, comments and strings.
fn widened(text: &str) -> String {
    text.replace("ctx", "çtx")
        .replace("// ", "// 🧪 ")
        .replace("(\"", "(\"𝄞漢")
}

/// Where an edit starts: at a character of several bytes, where there are any, more often than chance has it.
fn place(random: &mut fastrand::Rng, text: &str) -> usize {
    let byte = boundary(text, random.usize(..=text.len()));
    if random.u32(..4) > 0 {
        return byte;
    }
    let wide = text[byte..].find(|character: char| !character.is_ascii());
    wide.map_or(byte, |wide| byte + wide)
}

/// The start of the character that holds a byte.
fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte)
        .rev()
        .find(|byte| text.is_char_boundary(*byte))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use deferlint_text::Position;

    use super::*;

    const START: Position = Position::new(0, 0);

    #[test]
    fn what_is_taken_back_is_as_before() {
        let mut random = fastrand::Rng::with_seed(7);
        let texts = [
            "package a\n\nfunc f() { defer g() }\n".to_owned(),
            "é\r\n𝄞\r\n".to_owned(),
        ];
        for text in &texts {
            let script = Script::random(&mut random, text.clone(), &texts, 40);
            for change in &script.changes {
                let Some(changed) = model::changed(text, change, script.encoding) else {
                    continue;
                };
                let inverse = script.inverse(text, change).expect("a possible change");
                let is_between = changed.contains('\r') || text.contains('\r');
                let back = model::changed(&changed, &inverse, script.encoding);
                assert!(
                    is_between || back.as_ref() == Some(text),
                    "{change:?} {inverse:?}"
                );
            }
        }
    }

    #[test]
    fn a_difference_is_found_and_shrinks_to_what_it_needs() {
        let change = |text: &str| Change {
            range: Some(PositionRange::new(START, START)),
            text: text.to_owned(),
        };
        let script = Script {
            text: "package a\n".to_owned(),
            encoding: PositionEncoding::Utf8,
            changes: vec![change("// a\n"), change("// b\n")],
        };
        let (tally, difference) = script.run();
        assert!(difference.is_none());
        assert_eq!((tally.edits, tally.texts, tally.states), (2, 2, 2));
    }
}
