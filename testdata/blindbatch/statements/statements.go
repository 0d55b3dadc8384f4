// Package statements retires users by a batch of PartiQL statements and does not look which of them have failed.
//
// Invariant: when Retire has returned nil, every user is retired.
package statements

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Store is the program's DynamoDB.
type Store struct{ DB *dynamodb.Client }

func statements(ids []string) []types.BatchStatementRequest {
	var out []types.BatchStatementRequest
	for _, id := range ids {
		out = append(out, types.BatchStatementRequest{
			Statement:  aws.String("UPDATE users SET retired = true WHERE id = ?"),
			Parameters: []types.AttributeValue{&types.AttributeValueMemberS{Value: id}},
		})
	}
	return out
}

// Retire retires users.
func (s *Store) Retire(ctx context.Context, ids []string) error {
	_, err := s.DB.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: statements(ids)}) // want blindbatch
	return err
}

// RetireSafe looks at each response.
func (s *Store) RetireSafe(ctx context.Context, ids []string) error {
	out, err := s.DB.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: statements(ids)})
	if err != nil {
		return err
	}
	for i, r := range out.Responses {
		if r.Error != nil {
			return fmt.Errorf("user %s: %s", ids[i], aws.ToString(r.Error.Message))
		}
	}
	return nil
}

// Names reads users and looks only at what was found: a statement that was throttled passes for a user who is not there.
func (s *Store) Names(ctx context.Context, ids []string) ([]string, error) {
	out, err := s.DB.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: reads(ids)}) // want blindbatch
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range out.Responses {
		if name, ok := r.Item["name"].(*types.AttributeValueMemberS); ok {
			names = append(names, name.Value)
		}
	}
	return names, nil
}

// NamesSafe looks at the errors too.
func (s *Store) NamesSafe(ctx context.Context, ids []string) ([]string, error) {
	out, err := s.DB.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: reads(ids)})
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range out.Responses {
		if e := out.Responses[i].Error; e != nil {
			return nil, fmt.Errorf("user %s: %s", ids[i], e.Code)
		}
		if name, ok := out.Responses[i].Item["name"].(*types.AttributeValueMemberS); ok {
			names = append(names, name.Value)
		}
	}
	return names, nil
}

func reads(ids []string) []types.BatchStatementRequest {
	var out []types.BatchStatementRequest
	for _, id := range ids {
		out = append(out, types.BatchStatementRequest{
			Statement:  aws.String("SELECT name FROM users WHERE id = ?"),
			Parameters: []types.AttributeValue{&types.AttributeValueMemberS{Value: id}},
		})
	}
	return out
}
