//! Measures how deep the collections of a YAML text are nested, before the parser reads it.
//!
//! For each token within brackets, the parser goes through all brackets around it: what nests deep takes it time by the
//! square. The same is true of `%TAG` lines. This reads a text once, as far as it takes to know which brackets are YAML's
//! and which are text, and what it lets through the parser reads in time by the length. A text that is no YAML may come
//! through; the parser says what is wrong with it.

/// The deserializer follows no more.
const MAX_DEPTH: usize = 128;

/// No document has as many directives.
const MAX_DIRECTIVES: usize = 100;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Why a text is not for the parser, and at which byte.
pub(crate) struct NestingError {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

/// Rejects a text that the parser would take too long for.
pub(crate) fn check(text: &str) -> Result<(), NestingError> {
    Scanner { text: text.as_bytes(), at: 0, line: 0, indents: Vec::new(), key: None, depth: 0, directives: 0 }.run()
}

/// Reads token after token, as YAML's own scanner does (libyaml's; columns are in bytes, which differ from its characters
/// only behind text on the same line, where no block begins that could end a text too early).
struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    /// Where the line begins.
    line: usize,
    /// The columns of the block collections that are open.
    indents: Vec<usize>,
    /// The column of what may be a key, if a `:` follows on its line.
    key: Option<usize>,
    /// How many brackets are open.
    depth: usize,
    directives: usize,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(), NestingError> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b'#' => self.skip_line(),
                _ if self.break_at(0) > 0 => self.newline(),
                _ if self.column() == 0 && self.text[self.at..].starts_with(BYTE_ORDER_MARK) => {
                    self.at += BYTE_ORDER_MARK.len();
                    // One column.
                    self.line = self.at - 1;
                }
                _ => self.token(byte)?,
            }
        }
        Ok(())
    }

    fn token(&mut self, byte: u8) -> Result<(), NestingError> {
        let (column, in_block) = (self.column(), self.depth == 0);
        if in_block {
            while self.indents.last().is_some_and(|&indent| indent > column) {
                self.indents.pop();
            }
        }
        match byte {
            b'%' if column == 0 && in_block => {
                self.directives += 1;
                if self.directives > MAX_DIRECTIVES {
                    return Err(self.error(format!("more than {MAX_DIRECTIVES} directives")));
                }
                self.skip_line();
            }
            b'-' | b'.' if self.is_marker() => {
                self.indents.clear();
                self.key = None;
                self.at += 3;
            }
            b'[' | b'{' => {
                self.may_be_key(column);
                self.depth += 1;
                self.at_most()?;
                self.at += 1;
            }
            b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.at += 1;
            }
            b',' if !in_block => self.at += 1,
            b'-' | b'?' if self.is_blank(1) || byte == b'?' && !in_block => {
                self.open(column);
                self.at_most()?;
                self.at += 1;
            }
            b':' if self.is_blank(1) || !in_block => {
                let key = self.key.take();
                self.open(key.unwrap_or(column));
                self.at_most()?;
                self.at += 1;
            }
            b'&' | b'*' => {
                self.may_be_key(column);
                self.at += 1;
                while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
                    self.at += 1;
                }
            }
            b'!' => {
                self.may_be_key(column);
                while !self.is_blank(0) && (in_block || self.peek(0).is_some_and(|byte| !is_flow(byte))) {
                    self.at += 1;
                }
            }
            b'|' | b'>' if in_block => self.block_scalar(),
            b'\'' | b'"' => {
                self.may_be_key(column);
                self.quoted(byte);
            }
            _ => {
                self.may_be_key(column);
                self.plain();
            }
        }
        Ok(())
    }

    fn at_most(&self) -> Result<(), NestingError> {
        if self.indents.len() + self.depth > MAX_DEPTH {
            return Err(self.error(format!("more than {MAX_DEPTH} collections in each other")));
        }
        Ok(())
    }

    /// A block collection, if none is open at this column.
    fn open(&mut self, column: usize) {
        self.key = None;
        if self.depth == 0 && self.indents.last().is_none_or(|&indent| indent < column) {
            self.indents.push(column);
        }
    }

    fn may_be_key(&mut self, column: usize) {
        if self.depth == 0 {
            self.key.get_or_insert(column);
        }
    }

    /// `|` and `>`: all lines that stand deeper than what they belong to, or as deep as their first one.
    fn block_scalar(&mut self) {
        let parent = self.indents.last().map_or(0, |indent| indent + 1);
        let mut indent = None;
        while self.break_at(0) == 0
            && let Some(byte) = self.peek(0).filter(|&byte| byte != b'#')
        {
            if let b'1'..=b'9' = byte {
                indent = indent.or(Some(parent.saturating_sub(1) + usize::from(byte - b'0')));
            }
            self.at += 1;
        }
        self.skip_line();
        let mut deepest = parent.max(1);
        while self.peek(0).is_some() {
            self.newline();
            let spaces = self.text[self.at..].iter().take_while(|&&byte| byte == b' ').count();
            deepest = deepest.max(spaces);
            let is_empty = self.peek(spaces).is_none() || self.break_at(spaces) > 0;
            if !is_empty && spaces < *indent.get_or_insert(deepest) {
                return;
            }
            self.skip_line();
        }
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                _ if self.break_at(0) > 0 => self.newline(),
                b'\\' if quote == b'"' => self.at += if self.break_at(1) > 0 { 1 } else { 2 },
                _ if byte == quote && quote == b'\'' && self.peek(1) == Some(quote) => self.at += 2,
                _ if byte == quote => {
                    self.at += 1;
                    return;
                }
                _ => self.skip_letters(),
            }
        }
    }

    /// Text without quotes: up to `: `, ` #`, in brackets to what belongs to those, or a line that stands less deep.
    fn plain(&mut self) {
        let in_block = self.depth == 0;
        let deeper = self.indents.last().map_or(0, |indent| indent + 1);
        loop {
            while !self.is_blank(0) {
                let ends =
                    self.peek(0).is_some_and(|byte| byte == b':' && self.is_blank(1) || !in_block && is_flow(byte));
                if ends {
                    return;
                }
                self.skip_letters();
            }
            while self.is_blank(0) && self.peek(0).is_some() {
                if self.break_at(0) > 0 { self.newline() } else { self.at += 1 }
            }
            let is_less = in_block && self.column() < deeper;
            if matches!(self.peek(0), None | Some(b'#')) || is_less || self.is_marker() {
                return;
            }
        }
    }

    fn newline(&mut self) {
        let length = self.break_at(0);
        if length > 0 {
            self.at += length;
            self.line = self.at;
            self.key = None;
        }
    }

    /// This byte and the letters and digits behind it, which end nothing. Most of a text is letters.
    fn skip_letters(&mut self) {
        let rest = self.text[self.at + 1..].iter();
        self.at += 1 + rest.take_while(|byte| byte.is_ascii_alphanumeric()).count();
    }

    /// To the end of the line, which stays.
    fn skip_line(&mut self) {
        while self.peek(0).is_some() && self.break_at(0) == 0 {
            self.at += 1;
        }
    }

    /// The length of what ends a line in YAML 1.1, if that is what stands there.
    fn break_at(&self, ahead: usize) -> usize {
        match self.text.get(self.at + ahead..).unwrap_or_default() {
            [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        }
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), None | Some(b' ' | b'\t')) || self.break_at(ahead) > 0
    }

    /// `---` and `...` on lines of their own.
    fn is_marker(&self) -> bool {
        self.column() == 0 && matches!(self.text[self.at..].get(..3), Some(b"---" | b"...")) && self.is_blank(3)
    }

    fn error(&self, reason: String) -> NestingError {
        NestingError { at: self.at, reason }
    }
}

fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}
