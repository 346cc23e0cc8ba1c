//! Canonical JSON: RFC 8785 (JCS), narrowed to what an entry may hold.
//!
//! The narrowing: objects with ASCII keys, arrays, strings in Unicode normal form C, integers from
//! 0 to 2^53 − 1, `true` and `false`. No floats, no negative numbers, no `null`. Within it
//! canonical bytes can be recognized while reading, without building a tree, and the first byte
//! that breaks the form can be named.

use serde::Serialize;
use thiserror::Error;
use unicode_normalization::is_nfc;

/// How deeply values may nest. An entry needs 4; a bound keeps a hostile text from the stack.
const DEPTH_MAX: usize = 16;
/// 2^53: from here on, JSON readers that use doubles no longer tell neighbours apart (RFC 7493 §
/// 2.2).
const INTEGER_LIMIT: u64 = 1 << 53;

/// Why bytes are not canonical, and where.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("byte {offset} is not canonical: {fault}")]
pub struct NotCanonical {
    /// The first byte that does not fit, counted from 0.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// The ways in which bytes fail to be canonical.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum Fault {
    /// Not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// A byte that cannot stand here.
    #[error(
        "unexpected here (canonical JSON has no white space, floats, negative numbers or null)"
    )]
    Unexpected,
    /// The bytes end inside a value.
    #[error("the text ends too early")]
    EndsEarly,
    /// Something follows the value.
    #[error("something follows the value")]
    Trailing,
    /// Keys are not in ascending order, or one stands twice.
    #[error("keys must ascend, each once")]
    KeyOrder,
    /// A key that is not ASCII.
    #[error("keys are ASCII")]
    KeyNotAscii,
    /// An escape that is not the shortest form.
    #[error("not the shortest escape")]
    Escape,
    /// A control character that is not escaped.
    #[error("control characters are escaped")]
    Control,
    /// A string that is not in normal form C.
    #[error("the string is not in Unicode normal form C")]
    NotNfc,
    /// A number with a leading zero, a fraction, an exponent, or at least 2^53.
    #[error("numbers are integers below 2^53 without leading zeros")]
    Number,
    /// Nested too deeply.
    #[error("nested more than 16 deep")]
    Depth,
}

/// Checks that `bytes` are one canonical JSON value and nothing else, and gives them as text.
pub fn check(bytes: &[u8]) -> Result<&str, NotCanonical> {
    let text = text(bytes)?;
    let mut reader = Reader { text, bytes, at: 0 };
    reader.value(0)?;
    if reader.at < bytes.len() {
        return reader.fail(Fault::Trailing);
    }
    Ok(text)
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> Result<&str, NotCanonical> {
    std::str::from_utf8(bytes)
        .map_err(|error| NotCanonical { offset: error.valid_up_to(), fault: Fault::Utf8 })
}

/// Writes a value as canonical bytes.
///
/// # Errors
/// When the value holds what canonical JSON has no form for; such a value is a fault of the caller.
pub fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    // `serde_json`'s own map keeps keys sorted, and it escapes as RFC 8785 § 3.2.2.2 demands.
    serde_json::to_vec(&serde_json::to_value(value)?)
}

/// Which bytes stand in a string for themselves, and need no further look.
const IS_PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, fault: Fault) -> Result<T, NotCanonical> {
        Err(NotCanonical { offset: self.at, fault })
    }

    fn peek(&self) -> Result<u8, NotCanonical> {
        match self.bytes.get(self.at) {
            Some(&byte) => Ok(byte),
            None => self.fail(Fault::EndsEarly),
        }
    }

    fn take(&mut self, expected: u8) -> Result<(), NotCanonical> {
        if self.peek()? != expected {
            return self.fail(Fault::Unexpected);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), NotCanonical> {
        if depth > DEPTH_MAX {
            return self.fail(Fault::Depth);
        }
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(|_| ()),
            b'0'..=b'9' => self.integer(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            _ => self.fail(Fault::Unexpected),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        let mut previous: Option<&'a str> = None;
        loop {
            let start = self.at;
            let key = self.string()?;
            // Compared with the escapes still in: equal keys are equal bytes, and no key that we
            // write holds an escape.
            let fault = if !key.is_ascii() {
                Some(Fault::KeyNotAscii)
            } else if previous.is_some_and(|previous| previous >= key) {
                Some(Fault::KeyOrder)
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(NotCanonical { offset: start, fault });
            }
            previous = Some(key);
            self.take(b':')?;
            self.value(depth + 1)?;
            if !self.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.take(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            if !self.more(b']')? {
                return Ok(());
            }
        }
    }

    /// Takes a comma (more follows) or the closing byte (nothing follows).
    fn more(&mut self, close: u8) -> Result<bool, NotCanonical> {
        let byte = self.peek()?;
        if byte != b',' && byte != close {
            return self.fail(Fault::Unexpected);
        }
        self.at += 1;
        Ok(byte == b',')
    }

    fn word(&mut self, word: &str) -> Result<(), NotCanonical> {
        for &byte in word.as_bytes() {
            self.take(byte)?;
        }
        Ok(())
    }

    fn integer(&mut self) -> Result<(), NotCanonical> {
        let start = self.at;
        let mut value: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at) {
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let leading_zero = self.bytes[start] == b'0' && self.at - start > 1;
        let continues = matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E'));
        if leading_zero || continues || value >= INTEGER_LIMIT {
            return Err(NotCanonical { offset: start, fault: Fault::Number });
        }
        Ok(())
    }

    /// Takes a string and returns what stands between its quotes, escapes as written.
    fn string(&mut self) -> Result<&'a str, NotCanonical> {
        self.take(b'"')?;
        let start = self.at;
        let mut ascii = true;
        loop {
            let rest = &self.bytes[self.at..];
            // Nearly every byte of an entry is a plain one inside a string.
            self.at +=
                rest.iter().position(|byte| !IS_PLAIN[usize::from(*byte)]).unwrap_or(rest.len());
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                0..=0x1f => return self.fail(Fault::Control),
                byte => {
                    ascii &= byte.is_ascii();
                    self.at += 1;
                }
            }
        }
        let inside = &self.text[start..self.at];
        if !ascii && !is_nfc(inside) {
            return Err(NotCanonical { offset: start, fault: Fault::NotNfc });
        }
        self.at += 1;
        Ok(inside)
    }

    /// The only escapes of RFC 8785 § 3.2.2.2: two-character ones where they exist, `\u00xx` in
    /// lower case for the other control characters.
    fn escape(&mut self) -> Result<(), NotCanonical> {
        let start = self.at;
        let refuse = Err(NotCanonical { offset: start, fault: Fault::Escape });
        self.at += 1;
        match self.peek()? {
            b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.at += 1;
                Ok(())
            }
            b'u' => {
                let Some(digits) = self.bytes.get(self.at + 1..self.at + 5) else {
                    return self.fail(Fault::EndsEarly);
                };
                let short = matches!(digits, b"0008" | b"0009" | b"000a" | b"000c" | b"000d");
                let low = digits.starts_with(b"00")
                    && matches!(digits[2], b'0' | b'1')
                    && matches!(digits[3], b'0'..=b'9' | b'a'..=b'f');
                if short || !low {
                    return refuse;
                }
                self.at += 5;
                Ok(())
            }
            _ => refuse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_canonical_passes() {
        for text in [
            r#"{}"#,
            r#"[]"#,
            r#""""#,
            r#"0"#,
            r#"9007199254740991"#,
            r#"{"a":1,"a_b":true,"b":[false,"x\n\u001f\"\\é"]}"#,
        ] {
            assert_eq!(check(text.as_bytes()), Ok(text), "{text}");
        }
    }

    #[test]
    fn every_fault_is_found_where_it_is() {
        let table: [(&[u8], usize, Fault); 24] = [
            (b"", 0, Fault::EndsEarly),
            (b"{", 1, Fault::EndsEarly),
            (b"{} ", 2, Fault::Trailing),
            (b"{\"a\": 1}", 5, Fault::Unexpected),
            (b"{\"b\":1,\"a\":1}", 7, Fault::KeyOrder),
            (b"{\"a\":1,\"a\":1}", 7, Fault::KeyOrder),
            (b"{\"a\":null}", 5, Fault::Unexpected),
            (b"{\"a\":-1}", 5, Fault::Unexpected),
            (b"{\"a\":1.5}", 5, Fault::Number),
            (b"{\"a\":1e3}", 5, Fault::Number),
            (b"{\"a\":01}", 5, Fault::Number),
            (b"9007199254740992", 0, Fault::Number),
            (b"99999999999999999999999", 0, Fault::Number),
            (b"\"\\u0041\"", 1, Fault::Escape),
            (b"\"\\u000a\"", 1, Fault::Escape),
            (b"\"\\u001F\"", 1, Fault::Escape),
            (b"\"\\ud800\"", 1, Fault::Escape),
            (b"\"\\/\"", 1, Fault::Escape),
            (b"\"\n\"", 1, Fault::Control),
            ("\"e\u{301}\"".as_bytes(), 1, Fault::NotNfc),
            ("{\"é\":1}".as_bytes(), 1, Fault::KeyNotAscii),
            (b"\xff", 0, Fault::Utf8),
            (b"\xef\xbb\xbf{}", 0, Fault::Unexpected),
            (&[b'['; 40], 17, Fault::Depth),
        ];
        for (bytes, offset, fault) in table {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(check(bytes), Err(NotCanonical { offset, fault }), "{shown}");
        }
    }

    #[test]
    fn what_we_write_is_canonical() {
        let value =
            serde_json::json!({"b": 1, "a": ["x\u{8}\u{1f}\u{7f}\"\\/é", {"z": true, "y": {}}]});
        let bytes = write(&value).unwrap();
        assert!(check(&bytes).is_ok());
        assert_eq!(bytes, serde_jcs::to_vec(&value).unwrap());
    }
}
