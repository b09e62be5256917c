#!/usr/bin/env bash
# Package: boto3 (PyPI)
# Version: 1.44.8, Python 3
# Expected: `generate_presigned_url` signs addresses of all regions in the same way, and refuses an `ExpiresIn` beyond the
#   week that S3 accepts for Signature Version 4
# Seen: the same call gives `AWSAccessKeyId`, `Signature` and `Expires` for us-east-1 and eu-west-1, and the `X-Amz-`
#   parameters for eu-central-1. The former take any time: an address that works for 31 years. The latter are signed for
#   31 years, too, without an error, and S3 refuses them.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib boto3==1.44.8
export PYTHONPATH="$work/lib" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
python3 - <<'PY'
from urllib.parse import parse_qsl, urlsplit

import boto3

print("boto3", boto3.__version__)
YEARS = 10**9
made_up = "of-a-sample"


def parameters(region):
    client = boto3.client(
        "s3", region_name=region, aws_access_key_id=made_up, aws_secret_access_key=made_up
    )
    address = client.generate_presigned_url("get_object", Params={"Bucket": "acme", "Key": "f"}, ExpiresIn=YEARS)
    return dict(parse_qsl(urlsplit(address).query))


for region in ("us-east-1", "eu-west-1"):
    query = parameters(region)
    print(region, sorted(query), query["Expires"])
    assert sorted(query) == ["AWSAccessKeyId", "Expires", "Signature"]
    assert int(query["Expires"]) > YEARS
query = parameters("eu-central-1")
print("eu-central-1", sorted(query), query["X-Amz-Expires"])
assert "AWSAccessKeyId" not in query and query["X-Amz-Expires"] == str(YEARS)
PY
