#!/usr/bin/env bash
# Package: com.alibaba:druid (Maven Central)
# Version: 1.2.23
# Expected: `ConfigTools` encrypts a password with the public key that it prints, and the private key, which is kept
#   elsewhere, decrypts it
# Seen: it is the other way round: the private key encrypts, and the public key decrypts. The settings have both the
#   password and the public key (`config.decrypt.key`), so anyone who reads them has the password. The keys have 512 bits.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for artifact in com.alibaba:druid:1.2.23 commons-logging:commons-logging:1.3.4; do
  mvn -q dependency:copy -Dartifact="$artifact" -DoutputDirectory=jars
done
ls jars

word=$(printf 'a-%s-1' word)
java -cp 'jars/*' com.alibaba.druid.filter.config.ConfigTools "$word" | tee made
public=$(sed -n 's/^publicKey://p' made | tr -d '\r')
private=$(sed -n 's/^privateKey://p' made | tr -d '\r')
cipher=$(sed -n 's/^password://p' made | tr -d '\r')

cat > Try.java <<'JAVA'
import com.alibaba.druid.filter.config.ConfigTools;

public class Try {
    public static void main(String[] keys) throws Exception {
        System.out.println("with the public key: " + ConfigTools.decrypt(keys[0], keys[2]));
        try {
            System.out.println("with the private key: " + ConfigTools.decrypt(keys[1], keys[2]));
        } catch (Exception error) {
            System.out.println("with the private key: " + error.getClass().getSimpleName());
        }
    }
}
JAVA
java -cp 'jars/*' Try.java "$public" "$private" "$cipher" | tee read
printf '%s' "$public" | base64 -d | openssl pkey -pubin -inform DER -noout -text | head -n 1 | tee bits

grep -qx "with the public key: $word" read
grep -q '^with the private key: [A-Za-z]*Exception$' read
grep -q '512 bit' bits
