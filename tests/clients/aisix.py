"""Creates a member of the token's organization."""
import http.client
import os

connection = http.client.HTTPConnection(os.environ["HOST"].removeprefix("http://"))
headers = {"Authorization": "Bearer " + os.environ["TOKEN"], "Content-Type": "application/json"}
connection.request("POST", "/api/members", os.environ["BODY"], headers)
response = connection.getresponse()
print(response.read().decode())
print(response.status)
