//! What `go build` and `go vet` print.

/// A complaint about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Complaint {
    /// The file's path below the directory in which `go` ran, with `/`.
    pub(super) path: String,
    /// The line in the file, from 1.
    pub(super) line: usize,
    /// The column in bytes, from 1; `None` when none is printed.
    pub(super) column: Option<usize>,
    /// The message; further lines of it begin with a tab.
    pub(super) message: String,
}

impl Complaint {
    /// As `go` prints it, the path without the directory `prefix`.
    pub(super) fn display(&self, prefix: &str) -> String {
        let path = self.path.strip_prefix(prefix).unwrap_or(&self.path);
        let column = self.column.map(|column| format!(":{column}")).unwrap_or_default();
        format!("{path}:{}{column}: {}", self.line, self.message)
    }
}

/// Splits the standard error of `go build` or `go vet` into complaints about files and lines about anything else.
pub(super) fn parse_complaints(stderr: &str) -> (Vec<Complaint>, Vec<String>) {
    let mut complaints: Vec<Complaint> = Vec::new();
    let mut others = Vec::new();
    for line in stderr
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let complaint = parse_complaint(line);
        match (complaint, complaints.last_mut()) {
            (Some(complaint), _) => complaints.push(complaint),
            (None, Some(last)) if line.starts_with(['\t', ' ']) => {
                last.message.push('\n');
                last.message.push_str(line);
            }
            (None, _) => others.push(line.to_owned()),
        }
    }
    (complaints, others)
}

/// Reads `path.go:line:column: message` and `path.go:line: message`, with or without `vet: ` and `./` in front.
fn parse_complaint(line: &str) -> Option<Complaint> {
    let place = line.strip_prefix("vet: ").unwrap_or(line);
    let place = place.strip_prefix("./").unwrap_or(place);
    let (stem, rest) = place.split_once(".go:")?;
    let (line, rest) = rest.split_once(':')?;
    let (column, message) = match rest.split_once(':') {
        Some((column, message)) if column.parse::<usize>().is_ok() => (column.parse().ok(), message),
        _ => (None, rest),
    };
    let path = format!("{stem}.go").replace('\\', "/");
    Some(Complaint {
        path,
        line: line.parse().ok()?,
        column,
        message: message.trim_start().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse_complaints;

    fn check(stderr: &str, expected: &[&str], expected_others: &[&str]) {
        let (complaints, others) = parse_complaints(stderr);
        let shown: Vec<String> = complaints
            .iter()
            .map(|complaint| complaint.display("b001/"))
            .collect();
        assert_eq!(shown, expected);
        assert_eq!(others, expected_others);
    }

    #[test]
    fn complaints() {
        check(
            "# example.com/page/b001\n# [example.com/page/b001]\n./b001/page.go:7:20: call to time.Since: not deferred\n",
            &["page.go:7:20: call to time.Since: not deferred"],
            &[],
        );
        check(
            "vet: b001/sub/a.go:1:2: undefined: x\n",
            &["sub/a.go:1:2: undefined: x"],
            &[],
        );
        check(
            "page.go:3: too many errors\n",
            &["page.go:3: too many errors"],
            &[],
        );
        check(
            "page.go:3:1: a\n\thave b\n\twant c\n",
            &["page.go:3:1: a\n\thave b\n\twant c"],
            &[],
        );
        check(
            "go: go.mod requires go >= 1.99\n",
            &[],
            &["go: go.mod requires go >= 1.99"],
        );
    }
}
