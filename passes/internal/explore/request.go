package explore

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// request has the fields of all operations that act on one item or read one
// table; each operation allows some.
type request struct {
	TableName, IndexName string
	Key, Item            item

	ConditionExpression, UpdateExpression, KeyConditionExpression *string
	FilterExpression, ProjectionExpression                        *string
	ExpressionAttributeNames                                      map[string]string
	ExpressionAttributeValues                                     item

	ReturnValues, ReturnValuesOnConditionCheckFailure string
	Select                                            string
	ConsistentRead                                    bool
	ScanIndexForward                                  *bool
	Limit                                             *int
	ExclusiveStartKey                                 item
	Segment, TotalSegments                            *int
	KeyConditions                                     map[string]legacyCondition

	// Only asked for, never answered: they do not change what happens.
	ReturnConsumedCapacity, ReturnItemCollectionMetrics string

	condition, keyCondition, filter *expr.Condition
	update                          []expr.Action
	projection                      []expr.Path
}

// decode reads a request and refuses fields that the engine does not know, as
// an answer that ignores them would be wrong.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var ours *apiError
	switch {
	case err == nil, errors.As(err, &ours):
		return err
	case strings.Contains(err.Error(), "unknown field"):
		return &unsupportedError{err.Error()}
	}
	return &apiError{status: 400, kind: "SerializationException", msg: err.Error()}
}

// parse parses the request's expressions and checks their placeholders: each
// one used is defined, each one defined is used unless spare ones are allowed.
func (r *request) parse(spare bool) error {
	if r.ExpressionAttributeNames != nil && len(r.ExpressionAttributeNames) == 0 ||
		r.ExpressionAttributeValues != nil && len(r.ExpressionAttributeValues) == 0 {
		return validationError("ExpressionAttributeNames and ExpressionAttributeValues must not be empty")
	}
	usedNames, usedValues := map[string]bool{}, map[string]bool{}
	names := func(placeholder string) (string, bool) {
		usedNames[placeholder] = true
		name, ok := r.ExpressionAttributeNames[placeholder]
		return name, ok
	}
	if err := r.parseWith(names, usedValues); err != nil {
		return err
	}
	if err := sameKeys("names", usedNames, r.ExpressionAttributeNames, spare); err != nil {
		return err
	}
	if err := sameKeys("values", usedValues, r.ExpressionAttributeValues, spare); err != nil {
		return err
	}
	return r.takeLegacy()
}

func (r *request) parseWith(names func(string) (string, bool), usedValues map[string]bool) (err error) {
	for _, c := range []struct {
		text *string
		into **expr.Condition
	}{
		{r.ConditionExpression, &r.condition},
		{r.KeyConditionExpression, &r.keyCondition},
		{r.FilterExpression, &r.filter},
	} {
		if c.text == nil {
			continue
		}
		if *c.into, err = expr.ParseCondition(*c.text, names); err != nil {
			return syntaxError(*c.text, err)
		}
		if expr.RedundantParentheses(*c.text) {
			return validationError("the expression has redundant parentheses: %s", *c.text)
		}
		collectValues(*c.into, usedValues)
	}
	if r.UpdateExpression != nil {
		if r.update, err = expr.ParseUpdate(*r.UpdateExpression, names); err != nil {
			return syntaxError(*r.UpdateExpression, err)
		}
		for _, a := range r.update {
			markAll(usedValues, a.Value.Values())
		}
	}
	if r.ProjectionExpression != nil {
		if r.projection, err = expr.ParseProjection(*r.ProjectionExpression, names); err != nil {
			return syntaxError(*r.ProjectionExpression, err)
		}
	}
	return r.checkWords()
}

func syntaxError(text string, err error) error {
	return validationError("invalid expression %q: %v", text, err)
}

// checkWords refuses reserved words and overlapping projections.
func (r *request) checkWords() error {
	for _, text := range []*string{r.ConditionExpression, r.KeyConditionExpression, r.FilterExpression,
		r.UpdateExpression, r.ProjectionExpression} {
		if text == nil {
			continue
		}
		if word := expr.BareReserved(*text); word != "" {
			return validationError("attribute name is a reserved keyword; reserved keyword: %s", word)
		}
	}
	for i, p := range r.projection {
		for _, q := range r.projection[:i] {
			if overlap(p, q) {
				return validationError("two document paths overlap with each other; path one: %s, path two: %s", q, p)
			}
		}
	}
	return nil
}

func collectValues(c *expr.Condition, used map[string]bool) {
	for _, s := range c.Subs {
		collectValues(s, used)
	}
	for _, o := range c.Operands {
		markAll(used, o.Values())
	}
}

func markAll(set map[string]bool, keys []string) {
	for _, k := range keys {
		set[k] = true
	}
}

// sameKeys compares the placeholders used with those defined.
func sameKeys[V any](what string, used map[string]bool, defined map[string]V, spare bool) error {
	for _, k := range slices.Sorted(maps.Keys(used)) {
		if _, ok := defined[k]; !ok {
			return validationError("an expression attribute of the %s used in expression is not defined: %s", what, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(defined)) {
		if !used[k] && !spare {
			return validationError("value provided in expression attribute %s unused in expressions: keys: {%s}", what, k)
		}
	}
	return nil
}

// check refuses the operands that DynamoDB refuses before it looks at items.
func (r *request) check() error {
	for _, c := range []*expr.Condition{r.condition, r.filter, r.keyCondition} {
		if c == nil {
			continue
		}
		if err := checkCondition(c, r.ExpressionAttributeValues); err != nil {
			return err
		}
	}
	return checkUpdate(r.update, r.ExpressionAttributeValues)
}

// returnValues refuses a ReturnValues that the operation does not have.
func (r *request) returnValues(allowed ...string) error {
	if r.ReturnValues == "" || r.ReturnValues == "NONE" || slices.Contains(allowed, r.ReturnValues) {
		return nil
	}
	return validationError("return values set to invalid value: %s", r.ReturnValues)
}
