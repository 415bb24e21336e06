<?xml version="1.0" encoding="UTF-8"?>
<!-- Makes a page of an RSS or Atom feed, for a person who opens it. Only text is shown, no HTML. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:atom="http://www.w3.org/2005/Atom"
    exclude-result-prefixes="atom">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:template match="/rss/channel">
    <xsl:call-template name="page">
      <xsl:with-param name="title" select="title"/>
      <xsl:with-param name="about" select="description"/>
      <xsl:with-param name="home" select="link"/>
      <xsl:with-param name="language" select="language"/>
      <xsl:with-param name="items" select="item"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="/atom:feed">
    <xsl:call-template name="page">
      <xsl:with-param name="title" select="atom:title"/>
      <xsl:with-param name="about" select="atom:subtitle"/>
      <xsl:with-param name="home" select="atom:link[@rel='alternate']/@href"/>
      <xsl:with-param name="language" select="@xml:lang"/>
      <xsl:with-param name="items" select="atom:entry"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template name="page">
    <xsl:param name="title"/>
    <xsl:param name="about"/>
    <xsl:param name="home"/>
    <xsl:param name="language"/>
    <xsl:param name="items"/>
    <html lang="{$language}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="robots" content="noindex"/>
        <title><xsl:value-of select="$title"/></title>
        <link rel="stylesheet" href="/static/feed.css"/>
      </head>
      <body>
        <p class="hint">Đây là một nguồn tin: sao chép địa chỉ trang này vào trình đọc tin để theo dõi. This is a feed: copy this page’s address into a feed reader to follow it.</p>
        <h1><a href="{$home}"><xsl:value-of select="$title"/></a></h1>
        <p class="muted"><xsl:value-of select="$about"/></p>
        <xsl:apply-templates select="$items"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="item">
    <article>
      <h2><a href="{link}"><xsl:value-of select="title"/></a></h2>
      <time><xsl:value-of select="pubDate"/></time>
    </article>
  </xsl:template>

  <xsl:template match="atom:entry">
    <article lang="{@xml:lang}">
      <h2><a href="{atom:link[@rel='alternate']/@href}"><xsl:value-of select="atom:title"/></a></h2>
      <time datetime="{atom:published}"><xsl:value-of select="atom:published"/></time>
      <p><xsl:value-of select="atom:summary"/></p>
    </article>
  </xsl:template>
</xsl:stylesheet>
