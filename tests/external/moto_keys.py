"""Makes a user and a role in moto and prints their keys as JSON. Six calls in all; moto checks signatures from the seventh on."""

import json
import sys

import boto3


def client(service):
    return boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )


EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
ANYONE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}],
    }
)

iam = client("iam")
iam.create_user(UserName="tester")
user = iam.create_access_key(UserName="tester")["AccessKey"]
iam.put_user_policy(UserName="tester", PolicyName="all", PolicyDocument=EVERYTHING)
role = iam.create_role(RoleName="tester", AssumeRolePolicyDocument=ANYONE)["Role"]
iam.put_role_policy(RoleName="tester", PolicyName="all", PolicyDocument=EVERYTHING)
session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]

print(
    json.dumps(
        {
            "user": [user["AccessKeyId"], user["SecretAccessKey"], ""],
            "role": [session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]],
        }
    )
)
