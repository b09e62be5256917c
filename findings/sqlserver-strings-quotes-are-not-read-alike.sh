#!/usr/bin/env bash
# Package: com.microsoft.sqlserver:mssql-jdbc (Maven Central), @tediousjs/connection-string (npm, which mssql for Node.js reads with)
# Version: 12.10.1.jre11, 1.1.0
# Expected: the part of a connection string for SQL Server that has a sign in it is quoted in one way, and the drivers agree: `'…'`
#   or `"…"` as in .NET, `{…}` as in ODBC
# Seen: `{…}` is read by both. Quotes are what quotes a value for Node.js only: with JDBC `"pass"` and `'pass'` have the quotes in the
#   value, without a word, and `'pa;ss'` is refused. So a string that works with .NET or Node.js logs in with another
#   password after `jdbc:sqlserver://…;` was put before it.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mvn -q -B dependency:copy -Dartifact=com.microsoft.sqlserver:mssql-jdbc:12.10.1.jre11 -DoutputDirectory=jars > /dev/null
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tediousjs/connection-string@1.1.0
ls jars

# The driver reads all parts alike, and says of the user what it has read.
cat > Read.java <<'JAVA'
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;

public class Read {
    public static void main(String[] values) {
        var driver = new com.microsoft.sqlserver.jdbc.SQLServerDriver();
        for (String value : values) {
            String seen = "refused";
            try {
                String url = "jdbc:sqlserver://db.test;user=" + value + ";encrypt=true";
                for (DriverPropertyInfo property : driver.getPropertyInfo(url, new Properties())) {
                    if (property.name.equals("user")) {
                        seen = "[" + property.value + "]";
                    }
                }
            } catch (SQLException error) {
                System.out.println("jdbc says: " + error.getMessage());
            }
            System.out.println("jdbc " + value + " " + seen);
        }
    }
}
JAVA
cat > read.js <<'JS'
const { parse } = require('@tediousjs/connection-string')
for (const value of process.argv.slice(2)) {
  console.log(`node ${value} [${parse(`Server=db.test;User Id=${value};Encrypt=true`).get('user id')}]`)
}
JS
values=("{pa;ss}" "{pa}}ss}" "'pass'" '"pass"' "'pa;ss'" "pa'ss")
java -cp 'jars/*' Read.java "${values[@]}" > seen
node read.js "${values[@]}" >> seen
cat seen
diff <(grep -v says seen) - <<'SEEN'
jdbc {pa;ss} [pa;ss]
jdbc {pa}}ss} [pa}ss]
jdbc 'pass' ['pass']
jdbc "pass" ["pass"]
jdbc 'pa;ss' refused
jdbc pa'ss [pa'ss]
node {pa;ss} [pa;ss]
node {pa}}ss} [pa}ss]
node 'pass' [pass]
node "pass" [pass]
node 'pa;ss' [pa;ss]
node pa'ss [pa'ss]
SEEN
