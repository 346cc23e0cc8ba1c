"""Adds a member to an organisation."""
import http.client
import os

connection = http.client.HTTPConnection(os.environ["HOST"].removeprefix("http://"))
headers = {"Authorization": "Token " + os.environ["TOKEN"], "Content-Type": "application/json"}
path = f"/api/v1/organisations/{os.environ['SLUG']}/members"
connection.request("POST", path, os.environ["BODY"], headers)
response = connection.getresponse()
print(response.read().decode())
print(response.status)
