// Package limitfilter looks for a domain with a filter and Limit 1. Limit
// counts items before the filter: the scan may look at one foreign item and
// say that there is nothing.
//
// Two tenants verify one domain, at once or years apart: neither scan sees the
// other's row, and both own the domain.
//
// Invariant: a verified domain has one tenant.
package limitfilter

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

type scanPutter interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Domains stores which tenant owns which domain.
type Domains struct {
	api   scanPutter
	table string
}

// NewDomains returns the domains of a table.
func NewDomains(api scanPutter, table string) *Domains { return &Domains{api, table} }

func (d *Domains) taken(ctx context.Context, domain string) (bool, error) {
	expr, err := expression.NewBuilder().
		WithFilter(expression.Name("domain").Equal(expression.Value(domain))).
		Build()
	if err != nil {
		return false, err
	}
	out, err := d.api.Scan(ctx, &dynamodb.ScanInput{
		TableName:                 aws.String(d.table),
		FilterExpression:          expr.Filter(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return false, err
	}
	return len(out.Items) > 0, nil
}

func row(id, domain, tenant string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"id":     &types.AttributeValueMemberS{Value: id},
		"domain": &types.AttributeValueMemberS{Value: domain},
		"tenant": &types.AttributeValueMemberS{Value: tenant},
	}
}

// Verify gives a domain to a tenant.
func (d *Domains) Verify(ctx context.Context, domain, tenant string) error {
	taken, err := d.taken(ctx, domain)
	if err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("domain %s is taken", domain)
	}
	_, err = d.api.PutItem(ctx, &dynamodb.PutItemInput{ // want phantomread
		TableName: aws.String(d.table),
		Item:      row(uuid.NewString(), domain, tenant),
	})
	return err
}

// VerifySafe gives a domain to a tenant under a key that is the domain.
func (d *Domains) VerifySafe(ctx context.Context, domain, tenant string) error {
	taken, err := d.taken(ctx, domain)
	if err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("domain %s is taken", domain)
	}
	_, err = d.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(d.table),
		Item:                row("DOMAIN#"+domain, domain, tenant),
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}
