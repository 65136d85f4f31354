<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:o="http://www.openarchives.org/OAI/2.0/"
    xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    exclude-result-prefixes="o oai_dc dc">
  {# Shows an answer of OAI-PMH to a person: in a browser that applies style sheets, or made by /oai/browse. #}
  {% macro word(element, said) %}
  <xsl:template match="{{ element }}" mode="word"><xsl:text>{{ said }}</xsl:text></xsl:template>
  {% endmacro %}
  <xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
  <!-- Where links lead: the repository itself, or the page that shows its answers. -->
  <xsl:param name="at" select="string(/o:OAI-PMH/o:request)"/>
  <xsl:param name="further" select="''"/>

  <xsl:template match="/o:OAI-PMH">
    <html lang="{{ language.tag }}" dir="{{ language.direction }}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>OAI-PMH: <xsl:value-of select="o:request/@verb"/> · {{ settings.repository_name }}</title>
        <link rel="stylesheet" href="{{ asset('clearinghouse.css') }}"/>
        <link rel="icon" href="{{ asset('mark.svg') }}" type="image/svg+xml"/>
      </head>
      <body>
        <header class="masthead">
          <a class="name" href="{{ root }}/">
            <img src="{{ asset('mark.svg') }}" alt="" width="36" height="36"/>
            <span dir="auto">{{ settings.repository_name }}</span>
          </a>
          <nav aria-label="{{ _("What can be asked") }}">
            <a href="{$at}?verb=Identify{$further}">{{ _("Who we are") }}</a>
            <a href="{$at}?verb=ListRecords&amp;metadataPrefix=oai_dc{$further}">{{ _("Records") }}</a>
            <a href="{$at}?verb=ListIdentifiers&amp;metadataPrefix=oai_dc{$further}">{{ _("Headers") }}</a>
            <a href="{$at}?verb=ListSets{$further}">{{ _("Sets") }}</a>
            <a href="{$at}?verb=ListMetadataFormats{$further}">{{ _("Formats") }}</a>
          </nav>
        </header>
        <main id="content">
          <section class="lead">
            <h1>{{ _("An answer for catalogues, shown to you") }}</h1>
            <p>{% trans %}This is what another catalogue gets when it asks this one over OAI-PMH. The links lead through everything that can be asked.{% endtrans %}</p>
            <dl class="sets">
              <div><dt>{{ _("Asked for") }}</dt><dd dir="ltr"><code><xsl:for-each select="o:request/@*"><xsl:value-of select="name()"/>=<xsl:value-of select="."/><xsl:if test="position() != last()"><xsl:text> &#160; </xsl:text></xsl:if></xsl:for-each></code></dd></div>
              <div><dt>{{ _("Answered on") }}</dt><dd dir="ltr"><code><xsl:value-of select="o:responseDate"/></code></dd></div>
            </dl>
          </section>
          <xsl:apply-templates select="o:error | o:Identify | o:ListRecords | o:ListIdentifiers | o:GetRecord | o:ListSets | o:ListMetadataFormats"/>
        </main>
        <footer class="colophon"><p><a href="mailto:{{ settings.admin_email }}">{{ settings.admin_email }}</a></p></footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="o:error">
    <section>
      <h2>{{ _("This could not be answered") }}</h2>
      <article dir="ltr" lang="en"><h3><code><xsl:value-of select="@code"/></code></h3><p><xsl:value-of select="."/></p></article>
    </section>
  </xsl:template>

  <xsl:template match="o:Identify">
    <section>
      <h2>{{ _("Who we are") }}</h2>
      <div class="scroll"><table><tbody>
        <xsl:for-each select="*[not(self::o:description)]">
          <tr><th scope="row"><xsl:apply-templates select="." mode="word"/></th>
            <td><bdi><xsl:value-of select="."/></bdi></td></tr>
        </xsl:for-each>
      </tbody></table></div>
      <xsl:for-each select="o:description/*">
        <details><summary><code><xsl:value-of select="local-name()"/></code></summary><xsl:apply-templates select="." mode="tree"/></details>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template match="o:ListSets">
    <section>
      <h2>{{ _("Sets") }}</h2>
      <div class="scroll"><table>
        <thead><tr><th scope="col">{{ _("Set") }}</th><th scope="col">{{ _("Name") }}</th><th scope="col">{{ _("What is in it") }}</th></tr></thead>
        <tbody>
          <xsl:for-each select="o:set">
            <tr>
              <th scope="row" dir="ltr"><code><xsl:value-of select="o:setSpec"/></code></th>
              <td><bdi><xsl:choose>
                <xsl:when test="o:setDescription//dc:title[lang('{{ language.tag }}')]"><xsl:value-of select="o:setDescription//dc:title[lang('{{ language.tag }}')][1]"/></xsl:when>
                <xsl:otherwise><xsl:value-of select="o:setName"/></xsl:otherwise>
              </xsl:choose></bdi></td>
              <td><a href="{$at}?verb=ListRecords&amp;metadataPrefix=oai_dc&amp;set={o:setSpec}{$further}">{{ _("Records") }}</a></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table></div>
      <xsl:apply-templates select="o:resumptionToken"/>
    </section>
  </xsl:template>

  <xsl:template match="o:ListMetadataFormats">
    <section>
      <h2>{{ _("Formats") }}</h2>
      <div class="scroll"><table>
        <thead><tr><th scope="col">{{ _("Prefix") }}</th><th scope="col">{{ _("Namespace and schema") }}</th><th scope="col">{{ _("What is in it") }}</th></tr></thead>
        <tbody>
          <xsl:for-each select="o:metadataFormat">
            <tr>
              <th scope="row" dir="ltr"><code><xsl:value-of select="o:metadataPrefix"/></code></th>
              <td dir="ltr"><code><xsl:value-of select="o:metadataNamespace"/></code><code class="note"><xsl:value-of select="o:schema"/></code></td>
              <td><a href="{$at}?verb=ListRecords&amp;metadataPrefix={o:metadataPrefix}{$further}">{{ _("Records") }}</a></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table></div>
    </section>
  </xsl:template>

  <xsl:template match="o:ListIdentifiers">
    <section>
      <h2>{{ _("Headers") }}</h2>
      <div class="feeds"><xsl:for-each select="o:header"><article><xsl:apply-templates select="."/></article></xsl:for-each></div>
      <xsl:apply-templates select="o:resumptionToken"/>
    </section>
  </xsl:template>

  <xsl:template match="o:ListRecords | o:GetRecord">
    <section>
      <h2>{{ _("Records") }}</h2>
      <xsl:for-each select="o:record">
        <article class="record">
          <xsl:apply-templates select="o:header"/>
          <xsl:apply-templates select="o:metadata/*"/>
          <xsl:if test="o:about">
            <details><summary>{{ _("Where it comes from") }}</summary><xsl:apply-templates select="o:about/*" mode="tree"/></details>
          </xsl:if>
        </article>
      </xsl:for-each>
      <xsl:apply-templates select="o:resumptionToken"/>
    </section>
  </xsl:template>

  <xsl:template match="o:header">
    <dl class="sets">
      <div><dt>{{ _("Identifier") }}</dt><dd dir="ltr"><a href="{$at}?verb=GetRecord&amp;metadataPrefix=oai_dc&amp;identifier={o:identifier}{$further}"><code><xsl:value-of select="o:identifier"/></code></a></dd></div>
      <div><dt>{{ _("Last changed here") }}</dt><dd dir="ltr"><code><xsl:value-of select="o:datestamp"/></code>
        <xsl:if test="@status = 'deleted'"> <strong class="bad">{{ _("Deleted") }}</strong></xsl:if></dd></div>
      <div><dt>{{ _("In the sets") }}</dt><dd dir="ltr"><xsl:for-each select="o:setSpec"><a href="{$at}?verb=ListRecords&amp;metadataPrefix=oai_dc&amp;set={.}{$further}"><code><xsl:value-of select="."/></code></a><xsl:text> </xsl:text></xsl:for-each></dd></div>
      <xsl:if test="not(@status = 'deleted')">
        <div><dt>{{ _("In all its formats") }}</dt><dd><a href="{$at}?verb=ListMetadataFormats&amp;identifier={o:identifier}{$further}">{{ _("Formats") }}</a></dd></div>
      </xsl:if>
    </dl>
  </xsl:template>

  <xsl:template match="oai_dc:dc">
    <div class="scroll"><table><tbody>
      <xsl:for-each select="*">
        <tr><th scope="row"><xsl:apply-templates select="." mode="word"/></th>
          <td><bdi><xsl:if test="@xml:lang"><xsl:attribute name="lang"><xsl:value-of select="@xml:lang"/></xsl:attribute></xsl:if><xsl:choose>
            <xsl:when test="starts-with(., 'http://') or starts-with(., 'https://')"><a rel="nofollow noopener noreferrer" href="{.}"><xsl:value-of select="."/></a></xsl:when>
            <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
          </xsl:choose></bdi></td></tr>
      </xsl:for-each>
    </tbody></table></div>
  </xsl:template>

  <xsl:template match="*"><xsl:apply-templates select="." mode="tree"/></xsl:template>

  <!-- Any XML, as a tree of names and values. -->
  <xsl:template match="*" mode="tree">
    <ul class="tree" dir="ltr">
      <li><code><xsl:value-of select="name()"/></code>
        <xsl:for-each select="@*"><span class="note"> <xsl:value-of select="name()"/>=<xsl:value-of select="."/></span></xsl:for-each>
        <xsl:if test="not(*)"><xsl:text> </xsl:text><bdi><xsl:value-of select="."/></bdi></xsl:if>
        <xsl:apply-templates select="*" mode="tree"/></li>
    </ul>
  </xsl:template>

  <xsl:template match="o:resumptionToken">
    <p>
      <xsl:if test="@completeListSize">{{ _("Entries in the whole list:") }} <xsl:value-of select="@completeListSize"/>. </xsl:if>
      <xsl:choose>
        <xsl:when test="string(.)"><a rel="next" href="{$at}?verb={/o:OAI-PMH/o:request/@verb}&amp;resumptionToken={.}{$further}">{{ _("Next page") }}</a></xsl:when>
        <xsl:otherwise>{{ _("The list ends here.") }}</xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <!-- What elements are called. -->
  <xsl:template match="*" mode="word"><code><xsl:value-of select="local-name()"/></code></xsl:template>
  {{ word("o:repositoryName", _("Name of the repository")) }}
  {{ word("o:baseURL", _("Address")) }}
  {{ word("o:protocolVersion", _("Version of the protocol")) }}
  {{ word("o:adminEmail", _("Mail of the operators")) }}
  {{ word("o:earliestDatestamp", _("Earliest change")) }}
  {{ word("o:deletedRecord", _("Deletions are told")) }}
  {{ word("o:granularity", _("Granularity of dates")) }}
  {{ word("o:compression", _("Compression")) }}
  {{ word("dc:title", _("Title")) }}
  {{ word("dc:creator", _("Creator")) }}
  {{ word("dc:subject", _("Subject")) }}
  {{ word("dc:description", _("Description")) }}
  {{ word("dc:publisher", _("Publisher")) }}
  {{ word("dc:contributor", _("Contributor")) }}
  {{ word("dc:date", _("Date")) }}
  {{ word("dc:type", _("Type")) }}
  {{ word("dc:format", _("Format")) }}
  {{ word("dc:identifier", _("Identifier")) }}
  {{ word("dc:source", _("Source")) }}
  {{ word("dc:language", _("Language")) }}
  {{ word("dc:relation", _("Relation")) }}
  {{ word("dc:coverage", _("Coverage")) }}
  {{ word("dc:rights", _("Rights")) }}
</xsl:stylesheet>
