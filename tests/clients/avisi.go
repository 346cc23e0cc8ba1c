// Adds a member to an organisation.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	url := os.Getenv("HOST") + "/api/v1/organisations/" + os.Getenv("SLUG") + "/members"
	request, err := http.NewRequest("POST", url, strings.NewReader(os.Getenv("BODY")))
	if err != nil {
		panic(err)
	}
	request.Header.Add("Authorization", "Token "+os.Getenv("TOKEN"))
	request.Header.Add("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(body))
	fmt.Println(response.StatusCode)
}
