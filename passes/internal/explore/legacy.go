package explore

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A legacyCondition is one entry of the older KeyConditions, which object mappers still send.
type legacyCondition struct {
	AttributeValueList []value
	ComparisonOperator string
}

// legacyOps are the comparisons that a Query's KeyConditions have.
var legacyOps = map[string]expr.Op{
	"EQ": expr.Eq, "LT": expr.Lt, "LE": expr.Le, "GT": expr.Gt, "GE": expr.Ge,
	"BEGINS_WITH": expr.BeginsWith, "BETWEEN": expr.Between,
}

// takeLegacy turns KeyConditions into the expression that says the same.
func (r *request) takeLegacy() error {
	if len(r.KeyConditions) == 0 {
		return nil
	}
	if r.keyCondition != nil {
		return validationError("can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}")
	}
	values := maps.Clone(r.ExpressionAttributeValues)
	if values == nil {
		values = item{}
	}
	all := &expr.Condition{Op: expr.And}
	for _, name := range slices.Sorted(maps.Keys(r.KeyConditions)) {
		c := r.KeyConditions[name]
		op, ok := legacyOps[c.ComparisonOperator]
		if !ok {
			return validationError("attempted conditional constraint is not an indexable operation: %s", c.ComparisonOperator)
		}
		want := 1
		if op == expr.Between {
			want = 2
		}
		if len(c.AttributeValueList) != want {
			return validationError("one or more parameter values were invalid: Invalid number of argument(s) for the %s ComparisonOperator", c.ComparisonOperator)
		}
		part := &expr.Condition{Op: op, Operands: []expr.Operand{{Kind: expr.Attr, Path: expr.Path{Name: name}}}}
		for i, v := range c.AttributeValueList {
			placeholder := fmt.Sprintf(":%s %d", name, i) // no expression can have it
			values[placeholder] = v
			part.Operands = append(part.Operands, expr.Operand{Kind: expr.Value, Value: placeholder})
		}
		all.Subs = append(all.Subs, part)
	}
	r.keyCondition, r.ExpressionAttributeValues = all, values
	if len(all.Subs) == 1 {
		r.keyCondition = all.Subs[0]
	}
	return nil
}
