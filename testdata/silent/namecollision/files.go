// Package namecollision is silent because GetItem and PutItem are methods of a
// client for a file server: names make no DynamoDB operation.
package namecollision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// GetItemInput and PutItemInput are requests to the file server.
type (
	GetItemInput struct{ Path string }
	PutItemInput struct {
		Path string
		Item map[string]any
	}
)

// Client talks to the file server.
type Client struct {
	HTTP *http.Client
	Base *url.URL
}

// GetItem fetches a document.
func (c *Client) GetItem(ctx context.Context, in *GetItemInput) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base.JoinPath(in.Path).String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	doc := map[string]any{}
	return doc, json.NewDecoder(resp.Body).Decode(&doc)
}

// PutItem stores a document.
func (c *Client) PutItem(ctx context.Context, in *PutItemInput) error {
	body, err := json.Marshal(in.Item)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.Base.JoinPath(in.Path).String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("put %s: %s", in.Path, resp.Status)
	}
	return nil
}

// Count counts a visit in a document of the file server.
func Count(ctx context.Context, c *Client, path string) error {
	doc, err := c.GetItem(ctx, &GetItemInput{Path: path})
	if err != nil {
		return err
	}
	visits, _ := doc["visits"].(float64)
	doc["visits"] = visits + 1
	return c.PutItem(ctx, &PutItemInput{Path: path, Item: doc})
}
