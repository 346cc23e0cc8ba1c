"""Makes somebody a member of an account."""
import http.client
import os

connection = http.client.HTTPConnection(os.environ["HOST"].removeprefix("http://"))
headers = {
    "X-Auth-Email": os.environ["EMAIL"],
    "X-Auth-Key": os.environ["TOKEN"],
    "Content-Type": "application/json",
}
path = f"/client/v4/accounts/{os.environ['ACCOUNT']}/members"
connection.request("POST", path, os.environ["BODY"], headers)
response = connection.getresponse()
print(response.read().decode())
print(response.status)
