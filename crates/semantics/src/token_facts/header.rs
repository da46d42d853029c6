//! Reads the head of a file.

use deferlint_syntax::Token;
use deferlint_text::ByteRange;

use super::reader::Reader;
use crate::Name;
use crate::header::{Header, ImportSite};

/// The head of the file that begins with these tokens, up to its last import, as [`Header::in_text`] reads it. `None` when
/// only the parser can say.
pub fn token_header(text: &str, tokens: &[Token]) -> Option<Header> {
    let mut reader = Reader::new(text, tokens, &[]);
    let start = reader.start()?;
    reader.expect("package")?;
    let mut header = Header {
        package: reader.name()?,
        package_clause: Some(ByteRange::new(start, reader.end())),
        ..Header::default()
    };
    header.read_comments(text.get(..start as usize)?);
    while !reader.is_at_end() {
        reader.expect(";")?;
        if !reader.is_at_end() {
            reader.import_declaration(&mut header.imports)?;
        }
    }
    Some(header)
}

impl Reader<'_> {
    fn import_declaration(&mut self, imports: &mut Vec<ImportSite>) -> Option<()> {
        let start = self.start()?;
        let first = imports.len();
        self.expect("import")?;
        let grouped = self.accept("(");
        if grouped {
            while !self.accept(")") {
                imports.push(self.import_spec(grouped)?);
                self.end_of_element(")")?;
            }
        } else {
            imports.push(self.import_spec(grouped)?);
        }
        let declaration = ByteRange::new(start, self.end());
        for import in &mut imports[first..] {
            import.declaration = declaration;
        }
        Some(())
    }

    fn import_spec(&mut self, grouped: bool) -> Option<ImportSite> {
        let start = self.start()?;
        let name = if self.accept(".") {
            Some(Name::new_static("."))
        } else {
            self.is_name().then(|| self.name()).flatten()
        };
        let path = self.peek();
        let is_plain = path.starts_with(['"', '`']) && !path.contains('\\');
        is_plain.then(|| self.advance())?;
        let range = ByteRange::new(start, self.end());
        Some(ImportSite {
            name,
            path: Name::new(path.trim_matches(['"', '`'])),
            range,
            declaration: range,
            grouped,
        })
    }
}
