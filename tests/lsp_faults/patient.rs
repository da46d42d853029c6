//! A session that faults happen to, and the proof that it survives them.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::lsp_support::{Editor, RULE, findings, found, pulling, range};

/// The document whose text proves that the session lives. No fault is aimed at it.
const WITNESS: &str = "file:///shop/witness.go";

/// How many faults were survived so far.
static SURVIVED: AtomicUsize = AtomicUsize::new(0);

/// A session with an open document.
pub(crate) struct Patient {
    /// The client.
    pub(crate) editor: Editor,
    bolts: usize,
}

impl Patient {
    /// A fresh session of a client that pulls diagnostics.
    pub(crate) fn new() -> Self {
        Self::with(&pulling())
    }

    /// A fresh session of a client with these capabilities.
    pub(crate) fn with(capabilities: &Value) -> Self {
        Self::of(Editor::new(capabilities))
    }

    /// The session of an editor that has said `initialized`.
    pub(crate) fn of(mut editor: Editor) -> Self {
        editor.open(WITNESS, &text(0));
        Self { editor, bolts: 0 }
    }

    /// Proves that the session lives: an edit is checked, and the fix of its finding makes the text that it must.
    pub(crate) fn survives(&mut self, fault: &str) {
        let editor = &mut self.editor;
        self.bolts += 1;
        let number = self.bolts.to_string();
        let before = (self.bolts - 1).to_string().len();
        let end = 32 + u32::try_from(before).expect("a short number");
        editor.change(WITNESS, &[(Some(range((5, 32), (5, end))), &number)]);
        assert_eq!(editor.text(WITNESS), text(self.bolts));
        let report = editor.pull(WITNESS, None);
        assert_eq!(findings(&report["items"]), found(&[(RULE, 5)]), "after {fault}");
        let actions = editor.actions_in_line(WITNESS, 5);
        let fix = actions.iter().find(|action| action["kind"] == "quickfix");
        let fix = fix.unwrap_or_else(|| panic!("no fix after {fault}"));
        editor.apply(WITNESS, &fix["edit"]);
        assert_eq!(editor.text(WITNESS), fixed(self.bolts), "after {fault}");
        let report = editor.pull(WITNESS, None);
        assert_eq!(findings(&report["items"]), found(&[]), "after {fault}");
        let back = format!("\treturn map[string]int{{\"bolts\": {number}}}\n");
        editor.change(WITNESS, &[(Some(range((5, 0), (7, 0))), &back)]);
        SURVIVED.fetch_add(1, Ordering::Relaxed);
    }

    /// Leaves, and says how many faults all tests of this program have survived so far.
    pub(crate) fn leave(self) {
        assert_eq!(self.editor.leave(), Some(0));
        println!("{} faults survived so far", SURVIVED.load(Ordering::Relaxed));
    }
}

/// A finding in line 5, behind a comment whose characters have one, two, three and four bytes.
fn text(bolts: usize) -> String {
    text_with(&format!("\treturn map[string]int{{\"bolts\": {bolts}}}\n"))
}

fn fixed(bolts: usize) -> String {
    text_with(&format!(
        "\tm := map[string]int{{\"bolts\": {bolts}}}\n\treturn m\n"
    ))
}

fn text_with(last_lines: &str) -> String {
    format!("package shop\n\n// aé漢𝄞\nfunc stock() map[string]int {{\n\tdefer println()\n{last_lines}}}\n")
}
