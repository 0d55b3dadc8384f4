package expr

import "fmt"

type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokIdent            // name, keyword or function
	tokName             // #n
	tokValue            // :v
	tokParam            // ?
	tokNumber           // 1, and in PartiQL -1.5e3
	tokString           // 'text', PartiQL only
	tokQuoted           // "name", PartiQL only
	tokPunct            // everything else
)

type token struct {
	kind tokenKind
	text string // for tokString and tokQuoted: unescaped
	pos  int
}

func (t token) String() string {
	if t.kind == tokEnd {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}

// lex splits a text into tokens, the last of which is tokEnd.
func lex(text string, partiql bool) ([]token, error) {
	var out []token
	for i := 0; i < len(text); {
		if isSpace(text[i]) {
			i++
			continue
		}
		t, next, err := lexOne(text, i, partiql)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		i = next
	}
	return append(out, token{kind: tokEnd, pos: len(text)}), nil
}

func lexOne(text string, i int, partiql bool) (token, int, error) {
	c := text[i]
	switch {
	case isLetter(c) || c == '_':
		return span(tokIdent, text, i, wordEnd(text, i))
	case isDigit(c):
		return span(tokNumber, text, i, numberEnd(text, i, partiql))
	case (c == '#' || c == ':') && !partiql:
		return lexPlaceholder(text, i)
	case c == '?' && partiql:
		return span(tokParam, text, i, i+1)
	case (c == '\'' || c == '"') && partiql:
		return lexQuoted(text, i)
	}
	return lexPunct(text, i, partiql)
}

func span(kind tokenKind, text string, from, to int) (token, int, error) {
	return token{kind: kind, text: text[from:to], pos: from}, to, nil
}

func lexPlaceholder(text string, i int) (token, int, error) {
	end := wordEnd(text, i+1)
	if end == i+1 {
		return token{}, 0, &SyntaxError{i, fmt.Sprintf("%q is not followed by a placeholder's name", text[i:i+1])}
	}
	kind := tokName
	if text[i] == ':' {
		kind = tokValue
	}
	return span(kind, text, i, end)
}

// lexQuoted reads 'text' or "name"; the quote is escaped by doubling it.
func lexQuoted(text string, i int) (token, int, error) {
	quote := text[i]
	kind := tokString
	if quote == '"' {
		kind = tokQuoted
	}
	var b []byte
	for j := i + 1; j < len(text); j++ {
		if text[j] != quote {
			b = append(b, text[j])
			continue
		}
		if j+1 < len(text) && text[j+1] == quote {
			b = append(b, quote)
			j++
			continue
		}
		return token{kind: kind, text: string(b), pos: i}, j + 1, nil
	}
	return token{}, 0, &SyntaxError{i, fmt.Sprintf("the quote %c is never closed", quote)}
}

func lexPunct(text string, i int, partiql bool) (token, int, error) {
	if i+1 < len(text) {
		switch two := text[i : i+2]; two {
		case "<>", "<=", ">=":
			return span(tokPunct, text, i, i+2)
		case "!=", "<<", ">>":
			if partiql {
				return span(tokPunct, text, i, i+2)
			}
		}
	}
	switch text[i] {
	case '(', ')', '[', ']', ',', '.', '=', '<', '>', '+', '-':
		return span(tokPunct, text, i, i+1)
	case '{', '}', ':', '*', ';':
		if partiql {
			return span(tokPunct, text, i, i+1)
		}
	}
	return token{}, 0, &SyntaxError{i, fmt.Sprintf("unexpected character %q", firstRune(text[i:]))}
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func wordEnd(text string, i int) int {
	for i < len(text) && (isLetter(text[i]) || isDigit(text[i]) || text[i] == '_') {
		i++
	}
	return i
}

// numberEnd is the end of the digits at i and, in PartiQL, of a fraction and
// an exponent (expressions have integers only, as list indexes).
func numberEnd(text string, i int, partiql bool) int {
	i = digitsEnd(text, i)
	if !partiql {
		return i
	}
	if i+1 < len(text) && text[i] == '.' && isDigit(text[i+1]) {
		i = digitsEnd(text, i+1)
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		j := i + 1
		if j < len(text) && (text[j] == '+' || text[j] == '-') {
			j++
		}
		if end := digitsEnd(text, j); end > j {
			return end
		}
	}
	return i
}

func digitsEnd(text string, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
