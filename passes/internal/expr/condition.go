package expr

import "strings"

// conditionFunctions are the functions that are conditions by themselves, and
// how many arguments each takes. Their names are case-sensitive.
var conditionFunctions = map[string]int{
	string(Exists): 1, string(NotExists): 1, string(TypeIs): 2, string(BeginsWith): 2, string(ContainsVal): 2,
}

// ParseCondition parses a condition, filter or key condition expression.
// names resolves "#n" to an attribute (nil: all stay as written); values stay
// as ":v". The error, if any, is a *SyntaxError.
func ParseCondition(text string, names func(placeholder string) (attribute string, ok bool)) (*Condition, error) {
	p, err := newParser(text, names, false)
	if err != nil {
		return nil, err
	}
	c, err := p.condition()
	if err != nil {
		return nil, err
	}
	return c, p.expectEnd()
}

// term is what a parenthesis may hold: a condition or an operand. Which one
// shows only at its end, so both go through one function and no text is
// parsed twice.
type term struct {
	cond    *Condition
	operand Operand
}

// condition parses a whole condition: OR binds weakest, then AND, then NOT.
func (p *parser) condition() (*Condition, error) {
	return asCondition(p)(p.orTerm())
}

// asCondition turns a parsed term into a condition or says that it is none.
func asCondition(p *parser) func(term, error) (*Condition, error) {
	return func(t term, err error) (*Condition, error) {
		if err == nil && t.cond == nil {
			err = p.expected("a comparison")
		}
		return t.cond, err
	}
}

func (p *parser) orTerm() (term, error) {
	return p.chain("OR", Or, func() (term, error) {
		return p.chain("AND", And, p.notTerm)
	})
}

// chain parses "x AND y AND z" into one node with three parts.
func (p *parser) chain(word string, op Op, sub func() (term, error)) (term, error) {
	first, err := sub()
	if err != nil || first.cond == nil || !isKeyword(p.peek(), word) {
		return first, err
	}
	c := &Condition{Op: op, Subs: []*Condition{first.cond}}
	for p.keyword(word) {
		next, err := asCondition(p)(sub())
		if err != nil {
			return term{}, err
		}
		c.Subs = append(c.Subs, next)
	}
	return term{cond: c}, nil
}

func (p *parser) notTerm() (term, error) {
	if !p.keyword("NOT") {
		return p.comparison()
	}
	if err := p.enter(); err != nil {
		return term{}, err
	}
	defer p.leave()
	c, err := asCondition(p)(p.notTerm())
	if err != nil {
		return term{}, err
	}
	return term{cond: &Condition{Op: Not, Subs: []*Condition{c}}}, nil
}

// comparison parses a primary term and, if it is an operand, what it is
// compared with.
func (p *parser) comparison() (term, error) {
	t, err := p.primary()
	if err != nil || t.cond != nil {
		return t, err
	}
	c, err := p.compared(t.operand)
	if c == nil || err != nil {
		return t, err
	}
	return term{cond: c}, nil
}

// compared parses what follows the left operand of a comparison; nil if
// nothing does.
func (p *parser) compared(left Operand) (*Condition, error) {
	if op, ok := p.comparator(); ok {
		right, err := p.operand()
		return &Condition{Op: op, Operands: []Operand{left, right}}, err
	}
	switch {
	case p.keyword("BETWEEN"):
		return p.between(left)
	case p.keyword("IN"):
		return p.in(left)
	case p.partiql && isKeyword(p.peek(), "NOT") && isKeyword(p.peekAfter(), "IN"),
		p.partiql && isKeyword(p.peek(), "NOT") && isKeyword(p.peekAfter(), "BETWEEN"):
		p.next()
		c, err := p.compared(left)
		return &Condition{Op: Not, Subs: []*Condition{c}}, err
	case p.partiql && p.keyword("IS"):
		return p.is(left)
	}
	return nil, nil
}

func (p *parser) comparator() (Op, bool) {
	t := p.peek()
	if t.kind != tokPunct {
		return "", false
	}
	op := Op(t.text)
	if t.text == "!=" {
		op = Ne
	}
	switch op {
	case Eq, Ne, Lt, Le, Gt, Ge:
		p.at++
		return op, true
	}
	return "", false
}

func (p *parser) between(left Operand) (*Condition, error) {
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.expectKeyword("AND"); err != nil {
		return nil, err
	}
	high, err := p.operand()
	return &Condition{Op: Between, Operands: []Operand{left, low, high}}, err
}

// in parses the list of IN: in parentheses, in PartiQL also in brackets.
func (p *parser) in(left Operand) (*Condition, error) {
	closing := ")"
	if p.partiql && p.punct("[") {
		closing = "]"
	} else if err := p.expectPunct("("); err != nil {
		return nil, err
	}
	c := &Condition{Op: In, Operands: []Operand{left}}
	err := p.list(func() error {
		o, err := p.operand()
		c.Operands = append(c.Operands, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, p.expectPunct(closing)
}

// operand parses a term that must be an operand.
func (p *parser) operand() (Operand, error) {
	t, err := p.primary()
	if err != nil {
		return Operand{}, err
	}
	if t.cond != nil {
		return Operand{}, p.expected("an operand instead of a condition before it")
	}
	return t.operand, nil
}

// primary parses a parenthesis, a function, a path or a value.
func (p *parser) primary() (term, error) {
	t := p.peek()
	switch {
	case t.kind == tokPunct && t.text == "(":
		return p.parenthesis()
	case t.kind == tokIdent && p.peekAfter().kind == tokPunct && p.peekAfter().text == "(":
		return p.function()
	case t.kind == tokValue:
		p.at++
		return term{operand: Operand{Kind: Value, Value: t.text}}, nil
	case p.partiql:
		return p.partiqlPrimary()
	}
	return p.pathTerm()
}

func (p *parser) pathTerm() (term, error) {
	switch p.peek().kind {
	case tokIdent, tokName, tokQuoted:
		path, err := p.path()
		return term{operand: Operand{Kind: Attr, Path: path}}, err
	}
	return term{}, p.expected("an operand")
}

func (p *parser) parenthesis() (term, error) {
	if err := p.enter(); err != nil {
		return term{}, err
	}
	defer p.leave()
	p.next()
	first := p.at
	t, err := p.orTerm()
	if err != nil {
		return term{}, err
	}
	if p.closing == p.at-1 && p.opening == first {
		p.redundant = true
	}
	p.opening, p.closing = first-1, p.at
	return t, p.expectPunct(")")
}

// RedundantParentheses reports whether a condition expression has a
// parenthesis around nothing but another one, as in ((a = :x)), which DynamoDB
// refuses. It is false for malformed text.
func RedundantParentheses(text string) bool {
	p, err := newParser(text, nil, false)
	if err != nil {
		return false
	}
	_, err = p.condition()
	return err == nil && p.redundant
}

func (p *parser) function() (term, error) {
	if err := p.enter(); err != nil {
		return term{}, err
	}
	defer p.leave()
	name := p.peek().text
	if p.partiql {
		name = strings.ToLower(name)
	}
	if name == "size" {
		p.next()
		args, err := p.args(name, 1, p.operand)
		return term{operand: Operand{Kind: Size, Args: args}}, err
	}
	n, ok := conditionFunctions[name]
	if !ok {
		return term{}, p.errorf("%s is no function of conditions", p.peek())
	}
	p.next()
	args, err := p.args(name, n, p.operand)
	if err != nil {
		return term{}, err
	}
	if op := Op(name); (op == Exists || op == NotExists) && args[0].Kind != Attr {
		return term{}, p.errorf("%s takes an attribute path", name)
	}
	return term{cond: &Condition{Op: Op(name), Operands: args}}, nil
}
