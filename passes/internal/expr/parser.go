package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// maxDepth bounds nesting, so that no text can exhaust the stack. DynamoDB
// itself takes 4 KB of text and 300 operators.
const maxDepth = 500

// parser walks the tokens of one text; both languages share it.
type parser struct {
	toks    []token
	at      int
	names   func(string) (string, bool)
	partiql bool
	params  int // PartiQL parameters seen
	depth   int

	opening, closing int  // tokens of the last complete parenthesis
	redundant        bool // a parenthesis held nothing but another one
}

func newParser(text string, names func(string) (string, bool), partiql bool) (*parser, error) {
	toks, err := lex(text, partiql)
	if err != nil {
		return nil, err
	}
	return &parser{toks: toks, names: names, partiql: partiql}, nil
}

func (p *parser) peek() token { return p.toks[p.at] }

// peekAfter is the token after the next one.
func (p *parser) peekAfter() token {
	if p.at+1 < len(p.toks) {
		return p.toks[p.at+1]
	}
	return p.toks[p.at]
}

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// enter counts one level of nesting; leave undoes it.
func (p *parser) enter() error {
	p.depth++
	if p.depth > maxDepth {
		return p.errorf("nested more than %d deep", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) errorf(format string, args ...any) error {
	return &SyntaxError{p.peek().pos, fmt.Sprintf(format, args...)}
}

func (p *parser) expected(what string) error {
	return p.errorf("expected %s, found %s", what, p.peek())
}

// punct takes the next token if it is that punctuation.
func (p *parser) punct(text string) bool {
	if t := p.peek(); t.kind == tokPunct && t.text == text {
		p.at++
		return true
	}
	return false
}

func (p *parser) expectPunct(text string) error {
	if !p.punct(text) {
		return p.expected(strconv.Quote(text))
	}
	return nil
}

func isKeyword(t token, word string) bool {
	return t.kind == tokIdent && strings.EqualFold(t.text, word)
}

// keyword takes the next token if it is that word, in any case.
func (p *parser) keyword(word string) bool {
	if isKeyword(p.peek(), word) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expectKeyword(word string) error {
	if !p.keyword(word) {
		return p.expected(word)
	}
	return nil
}

func (p *parser) expectEnd() error {
	if p.peek().kind != tokEnd {
		return p.expected("the end")
	}
	return nil
}

// path parses an attribute path.
func (p *parser) path() (Path, error) {
	name, err := p.name()
	if err != nil {
		return Path{}, err
	}
	path := Path{Name: name}
	for {
		switch {
		case p.punct("."):
			name, err := p.name()
			if err != nil {
				return Path{}, err
			}
			path.Rest = append(path.Rest, Step{Name: name})
		case p.punct("["):
			step, err := p.index()
			if err != nil {
				return Path{}, err
			}
			path.Rest = append(path.Rest, step)
		default:
			return path, nil
		}
	}
}

// name parses one name of a path and resolves a placeholder.
func (p *parser) name() (string, error) {
	t := p.peek()
	switch t.kind {
	case tokIdent, tokQuoted:
		p.at++
		return t.text, nil
	case tokName:
		p.at++
		if p.names != nil {
			if attr, ok := p.names(t.text); ok {
				return attr, nil
			}
		}
		return t.text, nil
	}
	return "", p.expected("an attribute name")
}

// index parses what follows "[" in a path.
func (p *parser) index() (Step, error) {
	t := p.peek()
	var step Step
	switch {
	case t.kind == tokNumber:
		n, err := strconv.Atoi(t.text)
		if err != nil {
			return Step{}, p.expected("a list index")
		}
		step = Step{Index: n, IsIndex: true}
	case t.kind == tokString:
		step = Step{Name: t.text}
	default:
		return Step{}, p.expected("a list index")
	}
	p.at++
	return step, p.expectPunct("]")
}

// list parses items separated by commas.
func (p *parser) list(item func() error) error {
	for {
		if err := item(); err != nil {
			return err
		}
		if !p.punct(",") {
			return nil
		}
	}
}

// args parses "(a, b)" after a function's name: exactly n operands.
func (p *parser) args(function string, n int, operand func() (Operand, error)) ([]Operand, error) {
	if err := p.expectPunct("("); err != nil {
		return nil, err
	}
	var out []Operand
	err := p.list(func() error {
		o, err := operand()
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(out) != n {
		return nil, p.errorf("%s takes %d arguments, not %d", function, n, len(out))
	}
	return out, p.expectPunct(")")
}
